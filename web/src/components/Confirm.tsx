import { AlertDialog } from 'radix-ui';
import { useState, type ReactElement } from 'react';
import { Button } from './Button';
import sheet from './Sheet.module.css';
import styles from './Confirm.module.css';
import { useInertPage } from './useInertPage';

interface ConfirmProps {
  /** What opens the question. */
  children: ReactElement;
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ children, title, text, action, onConfirm }: ConfirmProps) {
  const [isOpen, setOpen] = useState(false);
  useInertPage(isOpen);
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={setOpen}>
      <AlertDialog.Trigger asChild>{children}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={sheet.scrim} />
        <AlertDialog.Content className={sheet.sheet}>
          <AlertDialog.Title className={sheet.title}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={sheet.description}>{text}</AlertDialog.Description>
          <div className={styles.actions}>
            <AlertDialog.Cancel asChild>
              <Button look="quiet">Keep it</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button look="danger" onClick={onConfirm}>
                {action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
