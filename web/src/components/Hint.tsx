import { Tooltip } from 'radix-ui';
import type { ReactElement } from 'react';
import styles from './Hint.module.css';

interface HintProps {
  text: string;
  children: ReactElement;
  side?: 'top' | 'bottom' | 'left' | 'right';
}

/** Words beside a control while the pointer rests on it or it has the focus. */
export function Hint({ text, children, side = 'top' }: HintProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles.hint} side={side} sideOffset={6} collisionPadding={8}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
