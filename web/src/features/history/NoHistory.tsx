import { hashOf } from '../shell/route';
import styles from './NoHistory.module.css';

export function NoHistory({ search }: { search: string }) {
  return (
    <div className={styles.empty}>
      {search === '' ? (
        <>
          <h2 className={styles.title}>Nothing restored yet</h2>
          <p>
            Every picture that is restored is kept here with its settings. <a href={hashOf({ page: 'desk' })}>Restore the first one</a>
          </p>
        </>
      ) : (
        <>
          <h2 className={styles.title}>Nothing found</h2>
          <p>No restoration has “{search}” in its name, caption or settings.</p>
        </>
      )}
    </div>
  );
}
