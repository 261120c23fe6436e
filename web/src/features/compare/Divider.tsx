import { MoveHorizontal } from 'lucide-react';
import type { KeyboardEvent, PointerEvent } from 'react';
import styles from './Divider.module.css';

interface DividerProps {
  /** Where the second picture begins, as a fraction of the frame's width. */
  split: number;
  onSplit: (split: number) => void;
  labels: readonly [string, string];
}

const keyStep = 0.02;

/** The line between two pictures. */
export function Divider({ split, onSplit, labels }: DividerProps) {
  const percent = Math.round(split * 100);

  const moveTo = (value: number) => onSplit(Math.min(1, Math.max(0, value)));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const moves: Record<string, number> = {
      ArrowLeft: split - keyStep,
      ArrowDown: split - keyStep,
      ArrowRight: split + keyStep,
      ArrowUp: split + keyStep,
      PageDown: split - 5 * keyStep,
      PageUp: split + 5 * keyStep,
      Home: 0,
      End: 1,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      event.preventDefault();
      moveTo(target);
    }
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const frame = event.currentTarget.parentElement?.getBoundingClientRect();
    if (frame !== undefined && event.currentTarget.hasPointerCapture(event.pointerId)) {
      event.stopPropagation();
      moveTo((event.clientX - frame.left) / frame.width);
    }
  };

  return (
    <div
      className={styles.divider}
      style={{ left: `${split * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={`${labels[0]} and ${labels[1]}`}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} % ${labels[0].toLowerCase()}, ${100 - percent} % ${labels[1].toLowerCase()}`}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
    >
      <span className={styles.handle}>
        <MoveHorizontal size={18} aria-hidden />
      </span>
    </div>
  );
}
