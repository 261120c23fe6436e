import type { Job, ParameterValue } from '../../api/types';
import { useParameters } from '../../api/queries';
import styles from './UsedSettings.module.css';

/** Texts from this length on have the whole width. */
const longText = 24;

/** Every setting of a job, in words where there are any. */
export function UsedSettings({ job }: { job: Job }) {
  const { data: parameters = [] } = useParameters(job.model);
  const labels = new Map([['model', 'Model'], ...parameters.map(({ name, label }) => [name, label] as const)]);
  const rows = Object.entries(job.used).filter(([, value]) => value !== null && value !== '');
  return (
    <dl className={styles.settings}>
      {rows.map(([name, value]) => (
        <div key={name} className={styles.row} data-long={textOf(value).length > longText}>
          <dt>
            {labels.get(name) ?? name} {labels.has(name) && <code className={styles.name}>{name}</code>}
          </dt>
          <dd>{textOf(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function textOf(value: ParameterValue): string {
  if (typeof value === 'boolean') {
    return value ? 'on' : 'off';
  }
  return Array.isArray(value) ? value.join(' · ') : String(value);
}
