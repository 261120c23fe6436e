import { Search } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useHistory } from '../../api/jobs';
import { messageOf } from '../../api/problem';
import { Button } from '../../components/Button';
import inputs from '../../components/inputs.module.css';
import { Notice } from '../../components/Notice';
import { HistoryCard } from './HistoryCard';
import { NoHistory } from './NoHistory';
import styles from './HistoryPage.module.css';

/** All restorations, newest first. */
export function HistoryPage() {
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search.trim());
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useHistory(sought);
  const jobs = data?.pages.flatMap((page) => page.jobs) ?? [];

  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1 className={styles.title}>History</h1>
        <div className={styles.search}>
          <Search size={17} aria-hidden className={styles.sign} />
          <input
            className={[inputs.input, styles.box].join(' ')}
            type="search"
            aria-label="Search the history"
            placeholder="Search names, captions, settings"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      </header>
      {error !== null && (
        <Notice kind="error" title="The history cannot be shown" actions={<Button size="small" onClick={() => void refetch()}>Try again</Button>}>
          <p>{messageOf(error)}</p>
        </Notice>
      )}
      {!isPending && error === null && jobs.length === 0 && <NoHistory search={sought} />}
      <ul className={styles.grid} aria-label="Restorations" aria-busy={isPending}>
        {jobs.map((job) => (
          <HistoryCard key={job.id} job={job} />
        ))}
      </ul>
      {hasNextPage && (
        <Button className={styles.more} onClick={() => void fetchNextPage()} disabled={isFetchingNextPage}>
          {isFetchingNextPage ? 'Fetching…' : 'Show older ones'}
        </Button>
      )}
    </div>
  );
}
