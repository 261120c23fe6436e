import { ImagePlus } from 'lucide-react';
import styles from './DropOverlay.module.css';

/** What the page looks like while files are held over it. */
export function DropOverlay() {
  return (
    <div className={styles.overlay} aria-hidden>
      <div className={styles.card}>
        <ImagePlus size={34} />
        <p>Let go to add them</p>
      </div>
    </div>
  );
}
