import { useQuery } from '@tanstack/react-query';
import { apiKey } from './apiKey';
import { getPicture } from './calls';
import { useObjectUrl } from './useObjectUrl';

/** An address for an <img>: the program's own, or a local copy where the program asks for a key, which an <img> cannot show. */
export function usePicture(path: string | null): string | null {
  const needsKey = apiKey() !== null;
  const { data } = useQuery({
    queryKey: ['picture', path],
    queryFn: () => getPicture(path ?? ''),
    enabled: needsKey && path !== null,
    staleTime: Infinity,
  });
  const copy = useObjectUrl(data ?? null);
  return needsKey ? copy : path;
}
