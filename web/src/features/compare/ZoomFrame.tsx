import { useRef, type ReactNode } from 'react';
import { useFrameSize } from './useFrameSize';
import { useGestures } from './useGestures';
import { actualZoom, isLargerThanFrame, place, wholePicture, zoomAt, type Placement, type Point, type Size, type View } from './view';
import styles from './ZoomFrame.module.css';

interface ZoomFrameProps {
  picture: Size;
  view: View;
  onView: (view: View) => void;
  onSlide?: (fraction: number) => void;
  onHover?: (point: Point | null) => void;
  /** Told the frame's size; must stay the same function. */
  onFrame?: (frame: Size) => void;
  children: (placement: Placement, frame: Size) => ReactNode;
}

/** A window onto a picture that can be zoomed and moved. */
export function ZoomFrame({ picture, view, onView, onSlide, onHover, onFrame, children }: ZoomFrameProps) {
  const frameRef = useRef<HTMLDivElement>(null);
  const frame = useFrameSize(frameRef, onFrame);
  const gestures = useGestures({ frameRef, picture, frame, view, onView, onSlide, onHover });
  const isMovable = frame !== null && isLargerThanFrame(view, picture, frame);

  const toggle = (event: React.MouseEvent<HTMLDivElement>) => {
    if (frame === null) {
      return;
    }
    const box = event.currentTarget.getBoundingClientRect();
    const point = { x: event.clientX - box.left, y: event.clientY - box.top };
    const actual = actualZoom(picture, frame, window.devicePixelRatio);
    const isWhole = Math.abs(view.zoom - 1) < 0.01;
    onView(isWhole ? zoomAt(view, picture, frame, point, actual > 1.1 ? actual : 2) : wholePicture);
  };

  return (
    // Everything that the pointer does here can be done with the keyboard and the buttons below: useViewerKeys.
    <div
      ref={frameRef}
      className={styles.frame}
      data-movable={isMovable}
      role="presentation"
      onDoubleClick={toggle}
      {...gestures}
    >
      {frame !== null && children(place(view, picture, frame), frame)}
    </div>
  );
}
