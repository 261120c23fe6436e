import { Check, CircleAlert, Clock, ImageIcon, Ban } from 'lucide-react';
import { useState } from 'react';
import { pathOf } from '../../api/calls';
import { useJob } from '../../api/jobs';
import { useObjectUrl } from '../../api/useObjectUrl';
import { Picture } from '../../components/Picture';
import { statusWords } from '../progress/words';
import type { Entry } from './entries';
import styles from './QueueThumb.module.css';

/** An entry in small, with how it stands. */
export function QueueThumb({ entry }: { entry: Entry }) {
  return entry.jobId === null ? <DraftThumb entry={entry} /> : <JobThumb entry={entry} jobId={entry.jobId} />;
}

function DraftThumb({ entry }: { entry: Entry }) {
  const url = useObjectUrl(entry.file);
  const [isBroken, setBroken] = useState(false);
  const state = entry.error !== null ? 'not sent' : entry.sending === 'no' ? 'not sent yet' : 'being sent';
  return (
    <>
      {url === null || isBroken ? (
        <ImageIcon size={22} aria-hidden className={styles.sign} />
      ) : (
        <img className={styles.picture} src={url} alt="" onError={() => setBroken(true)} />
      )}
      <span className="hidden">
        {entry.name}, {state}
      </span>
      {entry.error !== null && <CircleAlert className={styles.bad} size={20} aria-hidden />}
      {entry.sending !== 'no' && <Clock className={styles.badge} size={20} aria-hidden />}
    </>
  );
}

function JobThumb({ entry, jobId }: { entry: Entry; jobId: string }) {
  const { data: job } = useJob(jobId);
  const url = useObjectUrl(entry.file);
  const [isBroken, setBroken] = useState(false);
  const fraction = job?.status === 'running' ? (job.progress?.fraction ?? 0) : null;
  return (
    <>
      {job?.status === 'succeeded' || url === null || isBroken ? (
        <Picture key={job?.status} className={styles.picture} path={pathOf.thumbnail(jobId)} alt="" />
      ) : (
        // Browsers do not show every format; the program has a small picture of each.
        <img className={styles.picture} src={url} alt="" onError={() => setBroken(true)} />
      )}
      <span className="hidden">
        {entry.name}, {job === undefined ? 'sent' : statusWords[job.status]}
      </span>
      {job?.status === 'succeeded' && <Check className={styles.good} size={20} aria-hidden />}
      {job?.status === 'failed' && <CircleAlert className={styles.bad} size={20} aria-hidden />}
      {job?.status === 'queued' && <Clock className={styles.badge} size={20} aria-hidden />}
      {job?.status === 'cancelled' && <Ban className={styles.badge} size={20} aria-hidden />}
      {fraction !== null && <span className={styles.progress} style={{ transform: `scaleX(${fraction})` }} />}
    </>
  );
}
