import type { Job } from '../../api/types';
import { durationWords, statusWords } from '../progress/words';
import styles from './JobFacts.module.css';
import { whenWords } from './when';

/** What anyone wants to know of a restoration first. */
export function JobFacts({ job }: { job: Job }) {
  const facts: [string, string][] = [
    ['State', statusWords[job.status]],
    ['Posted', whenWords(job.createdAt)],
    ['Original', `${job.inputWidth} × ${job.inputHeight}`],
    ['Restored', `${job.width} × ${job.height}`],
  ];
  if (job.startedAt !== null && job.finishedAt !== null) {
    facts.push(['Took', durationWords((Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000)]);
  }
  if (job.device !== null) {
    facts.push(['On', job.device]);
  }
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
