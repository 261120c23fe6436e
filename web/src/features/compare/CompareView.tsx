import { useState, type ReactNode } from 'react';
import { Divider } from './Divider';
import { Loupe } from './Loupe';
import { PlacedPicture } from './PlacedPicture';
import { usePictureSize } from './usePictureSize';
import { useViewer } from './useViewer';
import { useViewerKeys } from './useViewerKeys';
import { ViewerToolbar } from './ViewerToolbar';
import { pictureAt, type Point } from './view';
import { ZoomFrame } from './ZoomFrame';
import styles from './CompareView.module.css';

interface Side {
  src: string | null;
  label: string;
}

interface CompareViewProps {
  before: Side;
  after: Side;
  /** A filter over the second picture. */
  afterFilter?: string | undefined;
  /** More buttons in the toolbar. */
  tools?: ReactNode;
}

/** Two pictures of the same thing with a line between them that can be moved; zoom and place are the same for both. */
export function CompareView({ before, after, afterFilter, tools }: CompareViewProps) {
  const { size } = usePictureSize(after.src);
  const { isBroken: isBeforeBroken } = usePictureSize(before.src);
  const { rootRef, view, setView, setFrame, isLoupeOn, actions, scale } = useViewer(size);
  const [split, setSplit] = useState(0.5);
  const [pointer, setPointer] = useState<Point | null>(null);
  useViewerKeys(rootRef, actions);

  const hasBoth = before.src !== null && !isBeforeBroken;

  return (
    <figure ref={rootRef} className={styles.viewer} aria-label={hasBoth ? `${before.label} and ${after.label}` : after.label}>
      <div className={styles.stage}>
        {size === null || after.src === null ? (
          <div className={styles.waiting}>
            {before.src !== null && !isBeforeBroken && <img className={styles.meanwhile} src={before.src} alt={before.label} />}
          </div>
        ) : (
          <ZoomFrame
            picture={size}
            view={view}
            onView={setView}
            onFrame={setFrame}
            onHover={setPointer}
            {...(hasBoth ? { onSlide: setSplit } : {})}
          >
            {(placement, frame) => (
              <>
                {hasBoth && before.src !== null && <PlacedPicture src={before.src} alt={before.label} size={size} placement={placement} />}
                <div className={styles.after} style={hasBoth ? { clipPath: `inset(0 0 0 ${split * 100}%)` } : undefined}>
                  <PlacedPicture src={after.src ?? ''} alt={after.label} size={size} placement={placement} filter={afterFilter} />
                </div>
                {hasBoth && (
                  <>
                    <span className={styles.labelBefore} style={{ opacity: split > 0.15 ? 1 : 0 }}>{before.label}</span>
                    <span className={styles.labelAfter} style={{ opacity: split < 0.85 ? 1 : 0 }}>{after.label}</span>
                    <Divider split={split} onSplit={setSplit} labels={[before.label, after.label]} />
                  </>
                )}
                {isLoupeOn && hasBoth && before.src !== null && pointer !== null && (
                  <Loupe
                    before={before.src}
                    after={after.src ?? ''}
                    size={size}
                    frame={frame}
                    at={pointer}
                    place={pictureAt(view, size, frame, pointer)}
                    filter={afterFilter}
                  />
                )}
              </>
            )}
          </ZoomFrame>
        )}
      </div>
      <ViewerToolbar
        actions={hasBoth ? actions : { ...actions, toggleLoupe: undefined }}
        scale={scale}
        isLoupeOn={isLoupeOn}
        onFullScreen={() => void rootRef.current?.requestFullscreen()}
      >
        {tools}
      </ViewerToolbar>
    </figure>
  );
}
