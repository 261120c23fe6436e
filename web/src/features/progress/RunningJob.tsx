import { pathOf } from '../../api/calls';
import { useCancelJob } from '../../api/jobs';
import type { Job, JobPreview } from '../../api/types';
import { usePicture } from '../../api/usePicture';
import { Button } from '../../components/Button';
import { ProgressBar } from '../../components/ProgressBar';
import { useTitle } from './useTitle';
import { stageOf, stepOf, timeLeft } from './words';
import styles from './RunningJob.module.css';

interface RunningJobProps {
  job: Job;
  preview: JobPreview | null;
}

/** A job that waits or runs: the picture as far as it is, what happens to it, how long that takes, and a way out. */
export function RunningJob({ job, preview }: RunningJobProps) {
  const input = usePicture(pathOf.input(job.id));
  const cancel = useCancelJob();
  const isQueued = job.status === 'queued';
  useTitle(isQueued ? null : `${Math.round((job.progress?.fraction ?? 0) * 100)} % · ${job.name}`);
  const details = [stepOf(job.progress), timeLeft(job.progress)].filter((words) => words !== '').join(' · ');

  return (
    <section className={styles.running} aria-label={`Progress of ${job.name}`}>
      <div className={styles.stage}>
        {input !== null && <img className={styles.input} data-dim={preview === null} src={input} alt={`${job.name} as it was`} />}
        {preview !== null && (
          <img className={styles.preview} src={`data:image/jpeg;base64,${preview.jpeg}`} alt={`${job.name} as far as it is`} />
        )}
        {preview !== null && <span className={styles.label}>{preview.stage === 'stage1' ? 'Stage 1' : `After step ${preview.step}`}</span>}
      </div>
      <div className={styles.panel}>
        <div>
          <p className={styles.doing} role="status">
            {isQueued ? waitingWords(job.queuePosition) : stageOf(job.progress)}
          </p>
          <p className={styles.details}>{isQueued ? '' : details}</p>
        </div>
        <Button onClick={() => cancel.mutate(job.id)} disabled={cancel.isPending}>
          {cancel.isPending ? 'Stopping…' : 'Cancel'}
        </Button>
        <div className={styles.bar}>
          <ProgressBar label="Progress" fraction={isQueued ? null : (job.progress?.fraction ?? null)} />
        </div>
      </div>
    </section>
  );
}

function waitingWords(position: number | null): string {
  if (position === null || position === 0) {
    return 'Waiting: it is next';
  }
  return position === 1 ? 'Waiting: one picture goes first' : `Waiting: ${position} pictures go first`;
}
