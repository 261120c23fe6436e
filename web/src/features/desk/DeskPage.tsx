import { useEffect } from 'react';
import { isDone, useHistory } from '../../api/jobs';
import { JobView } from '../result/JobView';
import { SettingsPanel } from '../settings/SettingsPanel';
import { useDesk } from './DeskContext';
import { Draft } from './Draft';
import { EmptyDesk } from './EmptyDesk';
import { postedJobs } from './postedJobs';
import { QueueStrip } from './QueueStrip';
import { RunBar } from './RunBar';
import styles from './DeskPage.module.css';

/** Where pictures are laid down, restored and looked at. */
export function DeskPage() {
  const { desk, selected, addJobs } = useDesk();
  const { data: history } = useHistory('');

  // What this browser left to be done lies on the desk again.
  useEffect(() => {
    const posted = new Set(postedJobs());
    const unfinished = history?.pages.flatMap((page) => page.jobs).filter((job) => !isDone(job.status) && posted.has(job.id)) ?? [];
    if (unfinished.length > 0) {
      addJobs(unfinished.reverse());
    }
  }, [history, addJobs]);

  if (desk.entries.length === 0) {
    return <EmptyDesk />;
  }
  return (
    <div className={styles.desk}>
      <div className={styles.main}>
        <h1 className="hidden">Restore pictures</h1>
        <QueueStrip />
        <div className={styles.work}>
          {selected !== null &&
            (selected.jobId === null ? <Draft key={selected.id} entry={selected} /> : <JobView key={selected.jobId} id={selected.jobId} />)}
        </div>
      </div>
      <aside className={styles.side} aria-label="Settings and run">
        <div className={styles.settings}>
          <SettingsPanel />
        </div>
        <RunBar />
      </aside>
    </div>
  );
}
