import { useEffect } from 'react';

const usualTitle = document.title;

/** Words for the browser's tab, as long as there are any. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title ?? usualTitle;
    return () => {
      document.title = usualTitle;
    };
  }, [title]);
}
