import { useQuery } from '@tanstack/react-query';
import type { Size } from './view';

/** Loads and decodes a picture, so that it can be shown at once and at its place. */
export function usePictureSize(src: string | null): { size: Size | null; isBroken: boolean } {
  const { data, isError } = useQuery({
    queryKey: ['size', src],
    queryFn: () => measure(src ?? ''),
    enabled: src !== null,
    staleTime: Infinity,
    retry: false,
  });
  return { size: data ?? null, isBroken: isError };
}

async function measure(src: string): Promise<Size> {
  const image = new Image();
  image.src = src;
  await image.decode();
  return { width: image.naturalWidth, height: image.naturalHeight };
}
