import { WandSparkles } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '../../components/Button';
import { useEffectiveValues } from '../settings/useEffectiveValues';
import { useDesk } from './DeskContext';
import { useSend } from './useSend';
import styles from './RunBar.module.css';

/** Sends the selected picture, or all that lie there. */
export function RunBar() {
  const { desk, selected } = useDesk();
  const { model } = useEffectiveValues();
  const send = useSend();
  const waiting = desk.entries.filter((entry) => entry.jobId === null && entry.file !== null && entry.sending === 'no');
  const current = waiting.find((entry) => entry.id === selected?.id);
  const isModelReady = model?.ready !== false;
  const run = (entries: Parameters<typeof send>[0]) => {
    // On a phone the picture may be out of sight.
    window.scrollTo({ top: 0 });
    void send(entries);
  };

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && current !== undefined && isModelReady) {
        event.preventDefault();
        void send([current]);
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [current, isModelReady, send]);

  if (waiting.length === 0) {
    return null;
  }
  return (
    <div className={styles.bar}>
      {current !== undefined && (
        <Button look="primary" size="large" className={styles.run} disabled={!isModelReady} title="Ctrl + Enter" onClick={() => run([current])}>
          <WandSparkles size={18} aria-hidden /> Restore
        </Button>
      )}
      {(waiting.length > 1 || current === undefined) && (
        <Button size="large" className={styles.run} disabled={!isModelReady} onClick={() => run(waiting)}>
          {waiting.length > 1 ? `Restore all ${waiting.length}` : 'Restore the one left'}
        </Button>
      )}
    </div>
  );
}
