import type { ReactNode } from 'react';
import { PlacedPicture } from './PlacedPicture';
import { usePictureSize } from './usePictureSize';
import { useViewer } from './useViewer';
import { useViewerKeys } from './useViewerKeys';
import { ViewerToolbar } from './ViewerToolbar';
import { ZoomFrame } from './ZoomFrame';
import styles from './SideBySide.module.css';

interface SideBySideProps {
  pictures: readonly { src: string; label: string }[];
  tools?: ReactNode;
}

/** Several pictures of the same thing beside each other, zoomed and moved in step. */
export function SideBySide({ pictures, tools }: SideBySideProps) {
  const { size } = usePictureSize(pictures.at(-1)?.src ?? null);
  const { rootRef, view, setView, setFrame, actions, scale } = useViewer(size);
  useViewerKeys(rootRef, actions);

  return (
    <figure ref={rootRef} className={styles.viewer} aria-label="Side by side">
      <div className={styles.panes} data-count={pictures.length}>
        {size !== null &&
          pictures.map(({ src, label }, index) => (
            <div key={src} className={styles.pane}>
              <ZoomFrame picture={size} view={view} onView={setView} {...(index === 0 ? { onFrame: setFrame } : {})}>
                {(placement) => <PlacedPicture src={src} alt={label} size={size} placement={placement} />}
              </ZoomFrame>
              <span className={styles.label}>{label}</span>
            </div>
          ))}
      </div>
      <ViewerToolbar
        actions={{ ...actions, toggleLoupe: undefined }}
        scale={scale}
        onFullScreen={() => void rootRef.current?.requestFullscreen()}
      >
        {tools}
      </ViewerToolbar>
    </figure>
  );
}
