import { Switch as Primitive } from 'radix-ui';
import styles from './Switch.module.css';

interface SwitchProps {
  id: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  describedBy?: string | undefined;
}

export function Switch({ id, isOn, onChange, describedBy }: SwitchProps) {
  return (
    <Primitive.Root id={id} className={styles.switch} checked={isOn} onCheckedChange={onChange} aria-describedby={describedBy}>
      <Primitive.Thumb className={styles.thumb} />
    </Primitive.Root>
  );
}
