import { Star, Trash2 } from 'lucide-react';
import { pathOf } from '../../api/calls';
import { isDone, useDeleteJob } from '../../api/jobs';
import { messageOf } from '../../api/problem';
import type { JobSummary } from '../../api/types';
import { Confirm } from '../../components/Confirm';
import { IconButton } from '../../components/IconButton';
import { Picture } from '../../components/Picture';
import { useToast } from '../../components/Toasts';
import { statusWords } from '../progress/words';
import { hashOf } from '../shell/route';
import { whenWords } from './when';
import styles from './HistoryCard.module.css';

interface HistoryCardProps {
  job: JobSummary;
  canDelete?: boolean;
}

/** A restoration in small; it leads to the whole. */
export function HistoryCard({ job, canDelete = true }: HistoryCardProps) {
  const { tell } = useToast();
  const remove = useDeleteJob();
  const details = job.status === 'succeeded' ? `${job.width} × ${job.height}` : statusWords[job.status];
  return (
    <li className={styles.card}>
      <a className={styles.link} href={hashOf({ page: 'job', id: job.id })}>
        <span className={styles.frame}>
          <Picture key={job.status} className={styles.picture} path={pathOf.thumbnail(job.id)} alt="" />
          {job.status !== 'succeeded' && (
            <span className={styles.status} data-status={job.status}>
              {statusWords[job.status]}
            </span>
          )}
          {job.samples > 1 && job.status === 'succeeded' && <span className={styles.samples}>{job.samples} samples</span>}
        </span>
        <span className={styles.name}>{job.name}</span>
        <span className={styles.details}>
          {whenWords(job.createdAt)} · {details}
          {job.feedback !== null && (
            <span className={styles.score}>
              {' · '}
              <Star size={12} aria-hidden fill="currentColor" /> {job.feedback.score}
              <span className="hidden"> of 5</span>
            </span>
          )}
        </span>
      </a>
      {canDelete && isDone(job.status) && (
        <Confirm
          title={`Delete “${job.name}”?`}
          text="The restored picture, the copy of the original and the settings are removed from this program. Your own file stays where it is."
          action="Delete"
          onConfirm={() => remove.mutate(job.id, { onError: (error) => tell(messageOf(error)) })}
        >
          <IconButton className={styles.remove} icon={Trash2} label={`Delete ${job.name}`} />
        </Confirm>
      )}
    </li>
  );
}
