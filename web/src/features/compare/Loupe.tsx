import { PlacedPicture } from './PlacedPicture';
import type { Point, Size } from './view';
import styles from './Loupe.module.css';

interface LoupeProps {
  before: string;
  after: string;
  size: Size;
  frame: Size;
  /** The pointer, in the frame. */
  at: Point;
  /** The place of the picture under it, as fractions. */
  place: Point;
  filter?: string | undefined;
}

/** Sides of one of the two panes, in pixels of the page. */
const pane = 168;
const gap = 20;

/** The same place before and after, a pixel of the picture for one of the screen. */
export function Loupe({ before, after, size, frame, at, place, filter }: LoupeProps) {
  const scale = 1 / window.devicePixelRatio;
  const placement = {
    scale,
    left: pane / 2 - place.x * size.width * scale,
    top: pane / 2 - place.y * size.height * scale,
  };
  // Beside the pointer, on the side where there is room.
  const left = at.x + gap + 2 * pane < frame.width ? at.x + gap : Math.max(0, at.x - gap - 2 * pane);
  const top = Math.min(Math.max(0, at.y - pane / 2), frame.height - pane);
  return (
    <div className={styles.loupe} style={{ left, top }} aria-hidden>
      <div className={styles.pane}>
        <PlacedPicture src={before} alt="" size={size} placement={placement} />
        <span className={styles.label}>Before</span>
      </div>
      <div className={styles.pane}>
        <PlacedPicture src={after} alt="" size={size} placement={placement} filter={filter} />
        <span className={styles.label}>After · 1:1</span>
      </div>
    </div>
  );
}
