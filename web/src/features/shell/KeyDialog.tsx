import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { setApiKey } from '../../api/apiKey';
import { Button } from '../../components/Button';
import { Field } from '../../components/Field';
import inputs from '../../components/inputs.module.css';
import { Sheet } from '../../components/Sheet';
import styles from './KeyDialog.module.css';

interface KeyDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Asks for the key that the program was started with. */
export function KeyDialog({ isOpen, onClose }: KeyDialogProps) {
  const id = useId();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  return (
    <Sheet
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) {
          onClose();
        }
      }}
      title="This program asks for a key"
      description="Whoever started it knows the key. It is kept until you close this tab."
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setApiKey(key.trim());
          onClose();
          void client.resetQueries();
        }}
      >
        <Field label="Key" htmlFor={id}>
          <input id={id} className={inputs.input} type="password" autoComplete="current-password" value={key} onChange={(event) => setKey(event.target.value)} />
        </Field>
        <Button type="submit" look="primary" disabled={key.trim() === ''}>
          Continue
        </Button>
      </form>
    </Sheet>
  );
}
