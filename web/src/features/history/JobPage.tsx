import { ArrowLeft } from 'lucide-react';
import { useJob } from '../../api/jobs';
import { FeedbackForm } from '../result/FeedbackForm';
import { JobView } from '../result/JobView';
import { UsedSettings } from '../result/UsedSettings';
import { hashOf } from '../shell/route';
import { JobFacts } from './JobFacts';
import styles from './JobPage.module.css';

/** One restoration of the history. */
export function JobPage({ id }: { id: string }) {
  const { data: job } = useJob(id);
  return (
    <div className={styles.page}>
      <div className={styles.main}>
        <header className={styles.head}>
          <a className={styles.back} href={hashOf({ page: 'history' })}>
            <ArrowLeft size={16} aria-hidden /> History
          </a>
          <h1 className={styles.title}>{job?.name ?? 'Restoration'}</h1>
        </header>
        <JobView id={id} />
      </div>
      {job !== undefined && (
        <aside className={styles.side} aria-label="About this restoration">
          <JobFacts job={job} />
          {job.status === 'succeeded' && (
            <section className={styles.section}>
              <h2 className={styles.subtitle}>Feedback</h2>
              <FeedbackForm key={job.id} job={job} />
            </section>
          )}
          <section className={styles.section}>
            <h2 className={styles.subtitle}>Settings</h2>
            <UsedSettings job={job} />
          </section>
        </aside>
      )}
    </div>
  );
}
