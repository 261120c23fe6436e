import { RadioGroup } from 'radix-ui';
import styles from './Segments.module.css';

interface SegmentsProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string; hint?: string }[];
  onChange: (value: string) => void;
  describedBy?: string | undefined;
}

/** One of a few, all in sight. */
export function Segments({ label, value, options, onChange, describedBy }: SegmentsProps) {
  return (
    <RadioGroup.Root
      className={styles.group}
      aria-label={label}
      aria-describedby={describedBy}
      value={value}
      onValueChange={onChange}
      orientation="horizontal"
    >
      {options.map((option) => (
        <RadioGroup.Item key={option.value} value={option.value} className={styles.item} title={option.hint}>
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
