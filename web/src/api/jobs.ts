import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { cancelJob, deleteJob, getJob, getJobs, putFeedback } from './calls';
import type { Feedback, JobStatus } from './types';

const pageLength = 30;

export const isDone = (status: JobStatus) => status !== 'queued' && status !== 'running';

/** One job; asked again now and then until it is done, in case its events break off. */
export const useJob = (id: string) =>
  useQuery({
    queryKey: ['job', id],
    queryFn: () => getJob(id),
    refetchInterval: ({ state }) => (state.data !== undefined && isDone(state.data.status) ? false : 3000),
  });

/** All jobs that fit, newest first, a page at a time. */
export const useHistory = (search: string) =>
  useInfiniteQuery({
    queryKey: ['jobs', search],
    queryFn: ({ pageParam }) => getJobs(search, pageLength, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.jobs.some((job) => !isDone(job.status))) === true ? 2000 : false,
  });

export function useCancelJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: cancelJob,
    onSettled: (_data, _error, id) =>
      Promise.all([client.invalidateQueries({ queryKey: ['job', id] }), client.invalidateQueries({ queryKey: ['jobs'] })]),
  });
}

export function useDeleteJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: deleteJob,
    onSuccess: (_data, id) => {
      client.removeQueries({ queryKey: ['job', id] });
      return client.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
}

export function useFeedback(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (feedback: Feedback) => putFeedback(id, feedback),
    onSuccess: () => client.invalidateQueries({ queryKey: ['job', id] }),
  });
}
