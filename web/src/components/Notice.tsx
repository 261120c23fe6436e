import { CircleAlert, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './Notice.module.css';

interface NoticeProps {
  kind?: 'error' | 'note';
  title?: string;
  children?: ReactNode;
  actions?: ReactNode;
}

export function Notice({ kind = 'note', title, children, actions }: NoticeProps) {
  const Icon = kind === 'error' ? CircleAlert : Info;
  return (
    <div className={[styles.notice, styles[kind]].join(' ')} role={kind === 'error' ? 'alert' : undefined}>
      <Icon size={18} aria-hidden className={styles.icon} />
      <div className={styles.words}>
        {title !== undefined && <p className={styles.title}>{title}</p>}
        {children}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
