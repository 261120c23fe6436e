import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { usePicture } from '../api/usePicture';
import styles from './Picture.module.css';

interface PictureProps {
  path: string | null;
  alt: string;
  className?: string | undefined;
}

/** A picture of the program's, or a sign in its place where there is none to show. */
export function Picture({ path, alt, className }: PictureProps) {
  const url = usePicture(path);
  const [brokenUrl, setBrokenUrl] = useState<string | null>(null);
  if (url === null || brokenUrl === url) {
    return (
      <span className={[styles.missing, className].join(' ')}>
        <ImageOff size={20} aria-hidden />
        <span className="hidden">{alt}</span>
      </span>
    );
  }
  return <img className={className} src={url} alt={alt} loading="lazy" decoding="async" draggable={false} onError={() => setBrokenUrl(url)} />;
}
