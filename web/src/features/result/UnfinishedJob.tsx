import { pathOf } from '../../api/calls';
import type { Job } from '../../api/types';
import { Notice } from '../../components/Notice';
import { Picture } from '../../components/Picture';
import { ReuseButtons } from './ReuseButtons';
import styles from './UnfinishedJob.module.css';

/** A job that failed or was called off: why, and another try. */
export function UnfinishedJob({ job }: { job: Job }) {
  const isFailed = job.status === 'failed';
  return (
    <section className={styles.unfinished} aria-label={job.name}>
      <Picture className={styles.picture} path={pathOf.input(job.id)} alt={`${job.name} as it was`} />
      <Notice
        kind={isFailed ? 'error' : 'note'}
        title={isFailed ? `“${job.name}” could not be restored` : 'You called this off'}
        actions={<ReuseButtons job={job} />}
      >
        <p>{isFailed ? (job.error ?? 'The program does not say why.') : 'Nothing was kept of it but the picture and its settings.'}</p>
      </Notice>
    </section>
  );
}
