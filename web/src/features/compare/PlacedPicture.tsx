import type { Placement, Size } from './view';
import styles from './PlacedPicture.module.css';

interface PlacedPictureProps {
  src: string;
  alt: string;
  /** The size that every picture of a comparison is drawn at. */
  size: Size;
  placement: Placement;
  filter?: string | undefined;
}

/** From this many screen pixels for one of the picture, its pixels are drawn as squares. */
const squaresFrom = 3;

export function PlacedPicture({ src, alt, size, placement, filter }: PlacedPictureProps) {
  const { scale, left, top } = placement;
  return (
    <img
      className={styles.picture}
      src={src}
      alt={alt}
      draggable={false}
      style={{
        width: size.width,
        height: size.height,
        transform: `translate(${left}px, ${top}px) scale(${scale})`,
        imageRendering: scale >= squaresFrom ? 'pixelated' : 'auto',
        filter,
      }}
    />
  );
}
