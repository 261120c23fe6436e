import { useEffect, useMemo } from 'react';

const graceMilliseconds = 1000;
const leaving = new Map<string, number>();

/** An address of bytes in memory, given back a moment after nobody shows it any more. */
export function useObjectUrl(blob: Blob | null): string | null {
  const url = useMemo(() => (blob === null ? null : URL.createObjectURL(blob)), [blob]);
  useEffect(() => {
    if (url === null) {
      return;
    }
    window.clearTimeout(leaving.get(url));
    return () => {
      leaving.set(
        url,
        window.setTimeout(() => {
          leaving.delete(url);
          URL.revokeObjectURL(url);
        }, graceMilliseconds),
      );
    };
  }, [url]);
  return url;
}
