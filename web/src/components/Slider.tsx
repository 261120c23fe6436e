import { Slider as Primitive } from 'radix-ui';
import type { CSSProperties } from 'react';
import styles from './Slider.module.css';

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  onChange: (value: number) => void;
  valueText?: string;
  describedBy?: string | undefined;
  /** Marks along the track, as values. */
  marks?: readonly number[];
  isFilled?: boolean;
}

export function Slider({ label, value, min, max, step, onChange, valueText, describedBy, marks = [], isFilled = true }: SliderProps) {
  return (
    <Primitive.Root
      className={styles.root}
      value={[Math.min(max, Math.max(min, value))]}
      min={min}
      max={max}
      step={step}
      onValueChange={([next]) => {
        if (next !== undefined) {
          onChange(next);
        }
      }}
    >
      <Primitive.Track className={styles.track}>
        {isFilled && <Primitive.Range className={styles.range} />}
        {marks.map((mark) => (
          <span key={mark} className={styles.mark} style={{ '--at': (mark - min) / (max - min) } as CSSProperties} />
        ))}
      </Primitive.Track>
      <Primitive.Thumb className={styles.thumb} aria-label={label} aria-valuetext={valueText} aria-describedby={describedBy} />
    </Primitive.Root>
  );
}
