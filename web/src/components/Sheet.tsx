import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './IconButton';
import styles from './Sheet.module.css';
import { useInertPage } from './useInertPage';

interface SheetProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  description?: string;
  isWide?: boolean;
  children: ReactNode;
}

/** A dialog over the page. */
export function Sheet({ isOpen, onOpenChange, title, description, isWide = false, children }: SheetProps) {
  useInertPage(isOpen);
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content className={[styles.sheet, isWide ? styles.wide : ''].join(' ')} {...(description === undefined ? { 'aria-describedby': undefined } : {})}>
          <div className={styles.head}>
            <Dialog.Title className={styles.title}>{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton icon={X} label="Close" />
            </Dialog.Close>
          </div>
          {description !== undefined && <Dialog.Description className={styles.description}>{description}</Dialog.Description>}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
