import type { ReactNode } from 'react';
import styles from './Field.module.css';

interface FieldProps {
  label: string;
  /** The control's id; left out where the control names itself. */
  htmlFor?: string;
  /** The flag's name on the command line. */
  name?: string;
  meaning?: ReactNode;
  meaningId?: string;
  /** What stands at the right of the label. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A labelled control with its meaning in a sentence. */
export function Field({ label, htmlFor, name, meaning, meaningId, aside, children }: FieldProps) {
  return (
    <div className={styles.field}>
      <div className={styles.head}>
        {htmlFor === undefined ? <span className={styles.label}>{label}</span> : <label className={styles.label} htmlFor={htmlFor}>{label}</label>}
        {name !== undefined && <code className={styles.name}>{name}</code>}
        {aside !== undefined && <span className={styles.aside}>{aside}</span>}
      </div>
      {children}
      {meaning !== undefined && (
        <p className={styles.meaning} id={meaningId}>
          {meaning}
        </p>
      )}
    </div>
  );
}
