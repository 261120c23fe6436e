import { useMemo, useRef, useState } from 'react';
import type { ViewerActions } from './useViewerKeys';
import { actualZoom, clampView, fitScale, panBy, wholePicture, zoomAt, type Size, type View } from './view';

/** What a viewer shows, and the actions of its keys and buttons. Frames tell their size so that actions know it. */
export function useViewer(picture: Size | null) {
  const [view, setView] = useState<View>(wholePicture);
  const [frame, setFrame] = useState<Size | null>(null);
  const [isLoupeOn, setLoupeOn] = useState(false);
  const rootRef = useRef<HTMLElement>(null);

  const actions = useMemo<ViewerActions>(() => {
    const change = (next: (view: View, picture: Size, frame: Size) => View) => {
      if (picture !== null && frame !== null) {
        setView((current) => next(current, picture, frame));
      }
    };
    return {
      zoomBy: (factor) =>
        change((current, size, window) => zoomAt(current, size, window, { x: window.width / 2, y: window.height / 2 }, factor)),
      panBy: (x, y) => change((current, size, window) => panBy(current, size, window, x, y)),
      fit: () => setView(wholePicture),
      actualSize: () =>
        change((current, size, area) => clampView({ ...current, zoom: actualZoom(size, area, window.devicePixelRatio) }, size, area)),
      toggleLoupe: () => setLoupeOn((isOn) => !isOn),
    };
  }, [picture, frame]);

  const scale = picture === null || frame === null ? null : fitScale(picture, frame) * view.zoom * window.devicePixelRatio;
  return { rootRef, view, setView, setFrame, isLoupeOn, actions, scale };
}
