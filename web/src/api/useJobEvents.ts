import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { pathOf } from './calls';
import { readEvents } from './eventStream';
import { isDone } from './jobs';
import type { Job, JobPreview, JobProgress, JobStatusChange } from './types';

const pauseBeforeReconnecting = 1000;

/** Follows a job live: keeps its entry in the cache up to date, and returns the latest picture of how far it is. */
export function useJobEvents(id: string, isActive: boolean): JobPreview | null {
  const client = useQueryClient();
  const [preview, setPreview] = useState<JobPreview | null>(null);

  useEffect(() => {
    if (!isActive) {
      return;
    }
    const abort = new AbortController();
    const update = (change: Partial<Job>) =>
      client.setQueryData<Job>(['job', id], (job) => (job === undefined ? job : { ...job, ...change }));
    const onEnd = async () => {
      // The job's full record says the rest.
      await client.invalidateQueries({ queryKey: ['job', id] });
      await client.invalidateQueries({ queryKey: ['jobs'] });
      await client.invalidateQueries({ queryKey: ['health'] });
    };
    void follow(id, abort.signal, update, setPreview).then(onEnd, () => undefined);
    return () => abort.abort();
  }, [client, id, isActive]);

  return preview;
}

/** Reads a job's events until it is done, again and again where the connection breaks off: the program may be starting anew. */
async function follow(
  id: string,
  signal: AbortSignal,
  update: (change: Partial<Job>) => void,
  onPreview: (preview: JobPreview) => void,
): Promise<void> {
  const last: { status: JobStatusChange['status'] } = { status: 'queued' };
  while (!isDone(last.status)) {
    try {
      await readEvents(pathOf.events(id), signal, ({ name, data }) => {
        if (name === 'progress') {
          update({ status: 'running', progress: data as JobProgress });
        } else if (name === 'preview') {
          onPreview(data as JobPreview);
        } else if (name === 'status') {
          const { status, queuePosition, error } = data as JobStatusChange;
          last.status = status;
          // The end is shown when the job's full record is there.
          update(isDone(status) ? {} : { status, queuePosition, error });
        }
      });
    } catch {
      signal.throwIfAborted();
    }
    if (!isDone(last.status)) {
      await new Promise((resolve) => setTimeout(resolve, pauseBeforeReconnecting));
      signal.throwIfAborted();
    }
  }
}
