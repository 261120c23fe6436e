import { useEffect } from 'react';

/** Takes the page behind a dialog out of reach of keyboard, pointer and screen reader; dialogs stand beside it. */
export function useInertPage(isOpen: boolean): void {
  useEffect(() => {
    const page = document.getElementById('root');
    if (!isOpen || page === null) {
      return;
    }
    page.inert = true;
    return () => {
      page.inert = false;
    };
  }, [isOpen]);
}
