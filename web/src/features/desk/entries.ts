import { uniqueId } from '../../api/uniqueId';
import { stemOf, type Incoming } from './incoming';

/** A picture on the desk: before it is sent, and afterwards the job that it became. */
export interface Entry {
  id: string;
  name: string;
  /** The picture itself; null for a job of an earlier visit. */
  file: File | null;
  caption: string;
  gamma: number;
  /** A caption for each tile of a tiled model; null where the one caption counts for all. */
  tileCaptions: string[] | null;
  sending: 'no' | 'sending' | 'waiting';
  error: string | null;
  jobId: string | null;
}

export interface Desk {
  entries: Entry[];
  selectedId: string | null;
  /** Jobs that were taken off the desk: they do not come back by themselves. */
  dismissed: readonly string[];
}

export const emptyDesk: Desk = { entries: [], selectedId: null, dismissed: [] };

/** Adds pictures behind the others. Side-car captions also reach pictures that lie there already. */
export function withIncoming(desk: Desk, { pictures, captions }: Incoming): Desk {
  const known = desk.entries.map((entry) =>
    entry.jobId === null ? { ...entry, caption: captions.get(stemOf(entry.name)) ?? entry.caption } : entry,
  );
  const added = pictures.map((file) => ({ ...newEntry(file.name), file, caption: captions.get(stemOf(file.name)) ?? '' }));
  return { ...desk, entries: [...known, ...added], selectedId: added[0]?.id ?? desk.selectedId };
}

/** Adds jobs that are not on the desk yet. */
export function withJobs(desk: Desk, jobs: readonly { id: string; name: string }[]): Desk {
  const known = new Set([...desk.entries.map(({ jobId }) => jobId), ...desk.dismissed]);
  const added = jobs.filter(({ id }) => !known.has(id)).map(({ id, name }) => ({ ...newEntry(name), jobId: id }));
  return added.length === 0 ? desk : { ...desk, entries: [...desk.entries, ...added], selectedId: desk.selectedId ?? added[0]?.id ?? null };
}

/** What changes of an entry, said outright or in terms of what it is by then. */
export type EntryChange = Partial<Entry> | ((entry: Entry) => Partial<Entry>);

export function withChange(desk: Desk, id: string, change: EntryChange): Desk {
  const changeOf = typeof change === 'function' ? change : () => change;
  return { ...desk, entries: desk.entries.map((entry) => (entry.id === id ? { ...entry, ...changeOf(entry) } : entry)) };
}

/** Takes an entry off the desk; its neighbour is selected in its place. */
export function without(desk: Desk, id: string): Desk {
  const index = desk.entries.findIndex((entry) => entry.id === id);
  const entries = desk.entries.filter((entry) => entry.id !== id);
  const selectedId = desk.selectedId === id ? (entries[Math.min(index, entries.length - 1)]?.id ?? null) : desk.selectedId;
  const jobId = desk.entries[index]?.jobId ?? null;
  return { entries, selectedId, dismissed: jobId === null ? desk.dismissed : [...desk.dismissed, jobId] };
}

function newEntry(name: string): Entry {
  return { id: uniqueId(), name, file: null, caption: '', gamma: 1, tileCaptions: null, sending: 'no', error: null, jobId: null };
}
