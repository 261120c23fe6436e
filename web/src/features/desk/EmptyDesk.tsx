import { ImagePlus } from 'lucide-react';
import { useRef } from 'react';
import { useHistory } from '../../api/jobs';
import { Button } from '../../components/Button';
import { HistoryCard } from '../history/HistoryCard';
import { hashOf } from '../shell/route';
import { useDesk } from './DeskContext';
import { PictureInput } from './PictureInput';
import { Samples } from './Samples';
import styles from './EmptyDesk.module.css';

const shownRestorations = 6;

/** The first thing that anyone sees. */
export function EmptyDesk() {
  const { addFiles } = useDesk();
  const inputRef = useRef<HTMLInputElement>(null);
  const { data: history } = useHistory('');
  const latest = history?.pages[0]?.jobs.slice(0, shownRestorations) ?? [];

  return (
    <div className={styles.page}>
      <section className={styles.hero}>
        <h1 className={styles.title}>Bring an old photograph back.</h1>
        <p className={styles.lede}>Blur, noise and compression go; detail is painted back. Pictures go to the program that shows this page, and nowhere else.</p>
        <div className={styles.target}>
          <ImagePlus size={40} strokeWidth={1.4} aria-hidden className={styles.sign} />
          <Button look="primary" size="large" onClick={() => inputRef.current?.click()}>
            Choose pictures
          </Button>
          <p className={styles.hint}>
            or drop them anywhere, or paste one with <kbd className={styles.key}>Ctrl</kbd> <kbd className={styles.key}>V</kbd>
          </p>
          <p className={styles.formats}>JPEG, PNG, WebP, TIFF, AVIF, HEIC, JPEG XL</p>
          <PictureInput inputRef={inputRef} onFiles={(files) => void addFiles(files)} />
        </div>
        <Samples />
      </section>
      {latest.length > 0 && (
        <section className={styles.latest} aria-label="Latest restorations">
          <header className={styles.latestHead}>
            <h2 className={styles.subtitle}>Lately restored</h2>
            <a href={hashOf({ page: 'history' })}>All of them</a>
          </header>
          <ul className={styles.cards}>
            {latest.map((job) => (
              <HistoryCard key={job.id} job={job} canDelete={false} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
