import { RadioGroup } from 'radix-ui';
import styles from './SamplePicker.module.css';

interface SamplePickerProps {
  samples: readonly (string | null)[];
  sample: number;
  onChange: (sample: number) => void;
}

/** Which of several restorations is compared and downloaded. */
export function SamplePicker({ samples, sample, onChange }: SamplePickerProps) {
  return (
    <RadioGroup.Root
      className={styles.samples}
      aria-label="Sample"
      orientation="horizontal"
      value={String(sample)}
      onValueChange={(value) => onChange(Number(value))}
    >
      {samples.map((src, index) => (
        <RadioGroup.Item key={index} value={String(index)} className={styles.sample} aria-label={`Sample ${index + 1}`}>
          {src !== null && <img className={styles.picture} src={src} alt="" />}
          <span className={styles.number}>{index + 1}</span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
