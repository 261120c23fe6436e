import { useLayoutEffect, useState, type RefObject } from 'react';
import type { Size } from './view';

/** The size of an element, kept up to date, and told to whoever asks. */
export function useFrameSize(ref: RefObject<HTMLElement | null>, onSize?: (size: Size) => void): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) {
      return;
    }
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0 && entry.contentRect.height > 0) {
        const { width, height } = entry.contentRect;
        setSize({ width, height });
        onSize?.({ width, height });
      }
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, onSize]);
  return size;
}
