import { useHealth } from '../../api/queries';
import { hashOf, type Route } from './route';
import { ThemeSwitch } from './ThemeSwitch';
import styles from './Header.module.css';

export function Header({ route }: { route: Route }) {
  const { data: health, isError } = useHealth();
  const working = (health?.queue.running ?? 0) + (health?.queue.queued ?? 0);
  return (
    <header className={styles.header}>
      <a className={styles.skip} href="#main" onClick={skip}>
        To the content
      </a>
      <a className={styles.mark} href={hashOf({ page: 'desk' })} aria-label="SUPIR, start">
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden>
          <rect width="32" height="32" rx="8" fill="var(--accent)" />
          <path d="M16 5v22A11 11 0 0 1 16 5Z" fill="var(--on-accent)" fillOpacity=".4" />
          <path d="M16 5v22A11 11 0 0 0 16 5Z" fill="var(--on-accent)" />
          <path d="M16 3v26" stroke="var(--on-accent)" strokeWidth="1.6" strokeLinecap="round" />
        </svg>
        <span>Supir</span>
      </a>
      <nav className={styles.nav} aria-label="Pages">
        <a className={styles.link} href={hashOf({ page: 'desk' })} aria-current={route.page === 'desk' ? 'page' : undefined}>
          Restore
        </a>
        <a className={styles.link} href={hashOf({ page: 'history' })} aria-current={route.page !== 'desk' ? 'page' : undefined}>
          History
        </a>
      </nav>
      <p className={styles.health} role="status">
        <span className={styles.dot} data-state={isError ? 'gone' : working > 0 ? 'busy' : 'ready'} />
        <span className={styles.words}>{isError ? 'The program does not answer' : working > 0 ? `${working} in work` : (health?.device ?? 'Ready')}</span>
      </p>
      <ThemeSwitch />
    </header>
  );
}

function skip(event: React.MouseEvent) {
  // The hash names the page, so the jump is made by hand.
  event.preventDefault();
  document.getElementById('main')?.focus();
}
