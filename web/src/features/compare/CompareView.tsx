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
  /** Null where there is nothing to compare with. */
  before: Side | null;
  after: Side;
  /** A filter over the second picture. */
  afterFilter?: string | undefined;
  /** More buttons in the toolbar. */
  tools?: ReactNode;
}

/** Two pictures of the same thing with a line between them that can be moved; zoom and place are the same for both. */
export function CompareView({ before, after, afterFilter, tools }: CompareViewProps) {
  const { size } = usePictureSize(after.src);
  const { isBroken: isBeforeBroken } = usePictureSize(before?.src ?? null);
  const { rootRef, view, setView, setFrame, isLoupeOn, actions, scale } = useViewer(size);
  const [split, setSplit] = useState(0.5);
  const [pointer, setPointer] = useState<Point | null>(null);
  useViewerKeys(rootRef, actions);

  // Pictures in formats that the browser does not know are shown by what the program makes of them alone.
  const first = typeof before?.src === 'string' && !isBeforeBroken ? { src: before.src, label: before.label } : null;

  return (
    <figure ref={rootRef} className={styles.viewer} aria-label={first === null ? after.label : `${first.label} and ${after.label}`}>
      <div className={styles.stage}>
        {size === null || after.src === null ? (
          <div className={styles.waiting}>
            {first !== null && <img className={styles.meanwhile} src={first.src} alt={first.label} />}
          </div>
        ) : (
          <ZoomFrame
            picture={size}
            view={view}
            onView={setView}
            onFrame={setFrame}
            onHover={setPointer}
            {...(first === null ? {} : { onSlide: setSplit })}
          >
            {(placement, frame) => (
              <>
                {first !== null && <PlacedPicture src={first.src} alt={first.label} size={size} placement={placement} />}
                <div className={styles.after} style={first === null ? undefined : { clipPath: `inset(0 0 0 ${split * 100}%)` }}>
                  <PlacedPicture src={after.src ?? ''} alt={after.label} size={size} placement={placement} filter={afterFilter} />
                </div>
                {first !== null && (
                  <>
                    <span className={styles.labelBefore} style={{ opacity: split > 0.15 ? 1 : 0 }}>{first.label}</span>
                    <span className={styles.labelAfter} style={{ opacity: split < 0.85 ? 1 : 0 }}>{after.label}</span>
                    <Divider split={split} onSplit={setSplit} labels={[first.label, after.label]} />
                  </>
                )}
                {isLoupeOn && first !== null && pointer !== null && (
                  <Loupe
                    before={first.src}
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
        actions={first === null ? { ...actions, toggleLoupe: undefined } : actions}
        scale={scale}
        isLoupeOn={isLoupeOn}
        onFullScreen={() => void rootRef.current?.requestFullscreen()}
      >
        {tools}
      </ViewerToolbar>
    </figure>
  );
}
