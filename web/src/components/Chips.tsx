import { RadioGroup } from 'radix-ui';
import styles from './Chips.module.css';

interface ChipsProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  describedBy?: string | undefined;
}

/** One of several, in as many rows as they need. */
export function Chips({ label, value, options, onChange, describedBy }: ChipsProps) {
  return (
    <RadioGroup.Root className={styles.chips} aria-label={label} aria-describedby={describedBy} value={value} onValueChange={onChange}>
      {options.map((option) => (
        <RadioGroup.Item key={option.value} value={option.value} className={styles.chip}>
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
