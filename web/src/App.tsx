import { useCallback } from 'react';
import { DeskPage } from './features/desk/DeskPage';
import { useDesk } from './features/desk/DeskContext';
import { useFileDrop } from './features/desk/useFileDrop';
import { HistoryPage } from './features/history/HistoryPage';
import { JobPage } from './features/history/JobPage';
import { useForgetMissing } from './features/settings/useForgetMissing';
import { DropOverlay } from './features/shell/DropOverlay';
import { Header } from './features/shell/Header';
import { KeyDialog } from './features/shell/KeyDialog';
import { goTo, useRoute } from './features/shell/route';
import { useKeyNeeded } from './features/shell/useKeyNeeded';
import styles from './App.module.css';

export function App() {
  const route = useRoute();
  const { addFiles } = useDesk();
  const { isNeeded, close } = useKeyNeeded();
  useForgetMissing();
  const isDragging = useFileDrop(
    useCallback(
      (files: File[]) => {
        void addFiles(files);
        goTo({ page: 'desk' });
      },
      [addFiles],
    ),
  );

  return (
    <>
      <Header route={route} />
      <main id="main" tabIndex={-1} className={styles.main}>
        {route.page === 'desk' && <DeskPage />}
        {route.page === 'history' && <HistoryPage />}
        {route.page === 'job' && <JobPage key={route.id} id={route.id} />}
      </main>
      {isDragging && <DropOverlay />}
      <KeyDialog isOpen={isNeeded} onClose={close} />
    </>
  );
}
