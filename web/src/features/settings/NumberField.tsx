import { useState } from 'react';
import inputs from '../../components/inputs.module.css';
import styles from './NumberField.module.css';

interface NumberFieldProps {
  id: string;
  value: number | null;
  min: number | null;
  max: number | null;
  step: number | null;
  onChange: (value: number) => void;
  label?: string;
}

/** A number to be typed; what is no number yet stays with the field. */
export function NumberField({ id, value, min, max, step, onChange, label }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);

  const take = (text: string) => {
    setTyped(text);
    const number = Number(text);
    if (text.trim() !== '' && Number.isFinite(number) && (min === null || number >= min) && (max === null || number <= max)) {
      onChange(number);
    }
  };

  return (
    <input
      id={id}
      className={[inputs.input, styles.number].join(' ')}
      type="number"
      inputMode="decimal"
      aria-label={label}
      value={typed ?? value ?? ''}
      min={min ?? undefined}
      max={max ?? undefined}
      step={step ?? 'any'}
      onChange={(event) => take(event.target.value)}
      onBlur={() => setTyped(null)}
    />
  );
}
