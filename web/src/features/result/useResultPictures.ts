import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { apiKey } from '../../api/apiKey';
import { getPicture, pathOf } from '../../api/calls';
import type { Job } from '../../api/types';

/** Addresses of all results of a job; null while one is on its way. */
export function useResultPictures(job: Job): readonly (string | null)[] {
  const needsKey = apiKey() !== null;
  const paths = useMemo(() => Array.from({ length: job.samples }, (_, sample) => pathOf.result(job.id, sample)), [job.id, job.samples]);
  const copies = useQueries({
    queries: paths.map((path) => ({
      queryKey: ['copy', path],
      // Kept as an address for as long as the tab is open: results never change.
      queryFn: async () => URL.createObjectURL(await getPicture(path)),
      enabled: needsKey,
      staleTime: Infinity,
      gcTime: Infinity,
    })),
  });
  return needsKey ? copies.map(({ data }) => data ?? null) : paths;
}
