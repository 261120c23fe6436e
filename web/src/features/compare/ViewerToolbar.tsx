import { Fullscreen, Maximize, Minus, Plus, ScanSearch } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../components/IconButton';
import type { ViewerActions } from './useViewerKeys';
import styles from './ViewerToolbar.module.css';

interface ViewerToolbarProps {
  actions: ViewerActions;
  /** Screen pixels for one of the picture. */
  scale: number | null;
  isLoupeOn?: boolean;
  onFullScreen?: (() => void) | undefined;
  children?: ReactNode;
}

export function ViewerToolbar({ actions, scale, isLoupeOn = false, onFullScreen, children }: ViewerToolbarProps) {
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="View">
      <IconButton icon={Minus} label="Zoom out" hint="Zoom out (−)" onClick={() => actions.zoomBy(0.8)} />
      <output className={styles.scale} aria-label="Zoom">
        {scale === null ? '' : `${Math.round(scale * 100)} %`}
      </output>
      <IconButton icon={Plus} label="Zoom in" hint="Zoom in (+)" onClick={() => actions.zoomBy(1.25)} />
      <IconButton icon={Maximize} label="Fit" hint="Whole picture (0)" onClick={actions.fit} />
      <button type="button" className={styles.actual} onClick={actions.actualSize} title="Pixel by pixel (1)">
        1:1
      </button>
      {actions.toggleLoupe !== undefined && (
        <IconButton icon={ScanSearch} label="Loupe" hint="Loupe: the same place before and after, 1:1 (L)" isOn={isLoupeOn} onClick={actions.toggleLoupe} />
      )}
      {onFullScreen !== undefined && <IconButton icon={Fullscreen} label="Full screen" onClick={onFullScreen} />}
      {children}
    </div>
  );
}
