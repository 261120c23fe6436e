import { useEffect, useRef, type PointerEvent, type RefObject } from 'react';
import { isLargerThanFrame, panBy, zoomAt, type Point, type Size, type View } from './view';

interface Gestures {
  frameRef: RefObject<HTMLElement | null>;
  picture: Size;
  frame: Size | null;
  view: View;
  onView: (view: View) => void;
  /** A drag over a picture that is wholly seen: where, as a fraction of the frame's width. */
  onSlide?: ((fraction: number) => void) | undefined;
  /** Where the pointer is over the frame; null when it left. */
  onHover?: ((point: Point | null) => void) | undefined;
}

const zoomOfOneWheelPixel = 1.0015;

/** Wheel, drag and pinch over a picture. */
export function useGestures({ frameRef, picture, frame, view, onView, onSlide, onHover }: Gestures) {
  const pointers = useRef(new Map<number, Point>());

  const pointOf = (event: { clientX: number; clientY: number }): Point => {
    const box = frameRef.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };

  // React's own wheel listeners are passive: they cannot keep the page from scrolling.
  useEffect(() => {
    const element = frameRef.current;
    if (element === null || frame === null) {
      return;
    }
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const point = { x: event.clientX - box.left, y: event.clientY - box.top };
      onView(zoomAt(view, picture, frame, point, zoomOfOneWheelPixel ** -event.deltaY));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [frameRef, frame, onView, picture, view]);

  const slide = (point: Point) => {
    if (frame !== null) {
      onSlide?.(Math.min(1, Math.max(0, point.x / frame.width)));
    }
  };

  const onPointerDown = (event: PointerEvent) => {
    if (frame === null || event.button !== 0) {
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, pointOf(event));
    if (pointers.current.size === 1 && !isLargerThanFrame(view, picture, frame)) {
      slide(pointOf(event));
    }
  };

  const onPointerMove = (event: PointerEvent) => {
    const point = pointOf(event);
    onHover?.(point);
    const from = pointers.current.get(event.pointerId);
    if (frame === null || from === undefined) {
      return;
    }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const factor = distance(point, other) / Math.max(1, distance(from, other));
      onView(zoomAt(view, picture, frame, { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 }, factor));
    } else if (isLargerThanFrame(view, picture, frame)) {
      onView(panBy(view, picture, frame, point.x - from.x, point.y - from.y));
    } else {
      slide(point);
    }
    pointers.current.set(event.pointerId, point);
  };

  const onPointerUp = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
  };

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: onPointerUp,
    onPointerLeave: () => onHover?.(null),
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
