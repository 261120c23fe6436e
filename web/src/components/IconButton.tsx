import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Hint } from './Hint';
import styles from './IconButton.module.css';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: LucideIcon;
  label: string;
  hint?: string;
  isOn?: boolean;
}

/** A button that shows only a sign, and says its name to whoever cannot see or does not know it. */
export function IconButton({ icon: Icon, label, hint = label, isOn, className, ...rest }: IconButtonProps) {
  return (
    <Hint text={hint}>
      <button
        {...rest}
        type="button"
        aria-label={label}
        aria-pressed={isOn}
        className={[styles.button, className].join(' ')}
      >
        <Icon size={18} aria-hidden />
      </button>
    </Hint>
  );
}
