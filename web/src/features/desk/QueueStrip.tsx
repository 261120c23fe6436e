import { Plus, X } from 'lucide-react';
import { useRef } from 'react';
import { useDesk } from './DeskContext';
import { QueueThumb } from './QueueThumb';
import { PictureInput } from './PictureInput';
import styles from './QueueStrip.module.css';

/** All pictures on the desk, in a row. */
export function QueueStrip() {
  const { desk, select, remove, addFiles } = useDesk();
  const inputRef = useRef<HTMLInputElement>(null);
  return (
    <ul className={styles.strip} aria-label="Pictures">
      {desk.entries.map((entry) => (
        <li key={entry.id} className={styles.item}>
          <button
            type="button"
            className={styles.thumb}
            aria-current={entry.id === desk.selectedId}
            title={entry.name}
            onClick={() => select(entry.id)}
          >
            <QueueThumb entry={entry} />
          </button>
          {entry.sending === 'no' && (
            <button type="button" className={styles.remove} aria-label={`Take ${entry.name} off the desk`} onClick={() => remove(entry.id)}>
              <X size={13} aria-hidden />
            </button>
          )}
        </li>
      ))}
      <li className={styles.item}>
        <button type="button" className={styles.add} aria-label="Add pictures" onClick={() => inputRef.current?.click()}>
          <Plus size={22} aria-hidden />
        </button>
        <PictureInput inputRef={inputRef} onFiles={(files) => void addFiles(files)} />
      </li>
    </ul>
  );
}
