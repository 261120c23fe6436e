import { useEffect, type RefObject } from 'react';

export interface ViewerActions {
  zoomBy: (factor: number) => void;
  panBy: (x: number, y: number) => void;
  fit: () => void;
  actualSize: () => void;
  toggleLoupe?: (() => void) | undefined;
}

const panStep = 60;

/** Keys of a viewer, heard while the focus is on anything in it. */
export function useViewerKeys(ref: RefObject<HTMLElement | null>, actions: ViewerActions): void {
  useEffect(() => {
    const element = ref.current;
    if (element === null) {
      return;
    }
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      const action = actionOf(event, actions);
      if (action !== undefined) {
        event.preventDefault();
        action();
      }
    };
    element.addEventListener('keydown', onKeyDown);
    return () => element.removeEventListener('keydown', onKeyDown);
  }, [ref, actions]);
}

function actionOf(event: KeyboardEvent, actions: ViewerActions): (() => void) | undefined {
  if (event.shiftKey && event.key.startsWith('Arrow')) {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [panStep, 0],
      ArrowRight: [-panStep, 0],
      ArrowUp: [0, panStep],
      ArrowDown: [0, -panStep],
    };
    const move = moves[event.key];
    return move === undefined ? undefined : () => actions.panBy(...move);
  }
  switch (event.key) {
    case '+':
    case '=':
      return () => actions.zoomBy(1.25);
    case '-':
      return () => actions.zoomBy(0.8);
    case '0':
      return actions.fit;
    case '1':
      return actions.actualSize;
    case 'l':
      return actions.toggleLoupe;
    default:
      return undefined;
  }
}
