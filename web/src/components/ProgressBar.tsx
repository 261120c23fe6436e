import { Progress } from 'radix-ui';
import styles from './ProgressBar.module.css';

interface ProgressBarProps {
  label: string;
  /** 0 to 1; null while nobody knows. */
  fraction: number | null;
}

export function ProgressBar({ label, fraction }: ProgressBarProps) {
  const percent = fraction === null ? null : Math.round(fraction * 100);
  return (
    <Progress.Root className={styles.track} value={percent} aria-label={label}>
      <Progress.Indicator
        className={percent === null ? styles.unknown : styles.bar}
        style={percent === null ? undefined : { transform: `scaleX(${percent / 100})` }}
      />
    </Progress.Root>
  );
}
