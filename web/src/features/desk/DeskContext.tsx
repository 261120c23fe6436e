import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { useToast } from '../../components/Toasts';
import { emptyDesk, withChange, withIncoming, withJobs, without, type Desk, type Entry, type EntryChange } from './entries';
import { sortIncoming } from './incoming';

interface DeskAccess {
  desk: Desk;
  selected: Entry | null;
  addFiles: (files: readonly File[]) => Promise<void>;
  addJobs: (jobs: readonly { id: string; name: string }[]) => void;
  select: (id: string) => void;
  change: (id: string, change: EntryChange) => void;
  remove: (id: string) => void;
}

const Context = createContext<DeskAccess | null>(null);

/** Keeps the pictures that are being worked on while other pages are shown. */
export function DeskProvider({ children }: { children: ReactNode }) {
  const [desk, setDesk] = useState<Desk>(emptyDesk);
  const { tell } = useToast();

  const actions = useMemo(
    () => ({
      addFiles: async (files: readonly File[]) => {
        const incoming = await sortIncoming(files);
        setDesk((current) => withIncoming(current, incoming));
        if (incoming.others.length > 0) {
          tell(`${incoming.others.join(', ')}: no picture that can be restored.`);
        }
      },
      addJobs: (jobs: readonly { id: string; name: string }[]) => setDesk((current) => withJobs(current, jobs)),
      select: (id: string) => setDesk((current) => ({ ...current, selectedId: id })),
      change: (id: string, change: EntryChange) => setDesk((current) => withChange(current, id, change)),
      remove: (id: string) => setDesk((current) => without(current, id)),
    }),
    [tell],
  );

  const access = useMemo<DeskAccess>(
    () => ({ ...actions, desk, selected: desk.entries.find(({ id }) => id === desk.selectedId) ?? null }),
    [actions, desk],
  );
  return <Context value={access}>{children}</Context>;
}

export function useDesk(): DeskAccess {
  const access = use(Context);
  if (access === null) {
    throw new Error('useDesk is used outside of DeskProvider.');
  }
  return access;
}
