import { isDone, useJob } from '../../api/jobs';
import { messageOf } from '../../api/problem';
import { useJobEvents } from '../../api/useJobEvents';
import { Notice } from '../../components/Notice';
import { RunningJob } from '../progress/RunningJob';
import { ResultView } from './ResultView';
import { UnfinishedJob } from './UnfinishedJob';
import styles from './JobView.module.css';

/** A job, however it stands. */
export function JobView({ id }: { id: string }) {
  const { data: job, error } = useJob(id);
  const preview = useJobEvents(id, job !== undefined && !isDone(job.status));
  if (job === undefined) {
    return (
      <div className={styles.empty} aria-busy={error === null}>
        {error !== null && (
          <Notice kind="error" title="This restoration cannot be shown">
            <p>{messageOf(error)}</p>
          </Notice>
        )}
      </div>
    );
  }
  if (job.status === 'succeeded') {
    return <ResultView job={job} />;
  }
  return isDone(job.status) ? <UnfinishedJob job={job} /> : <RunningJob job={job} preview={preview} />;
}
