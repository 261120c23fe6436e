import type { RefObject } from 'react';

interface PictureInputProps {
  inputRef: RefObject<HTMLInputElement | null>;
  onFiles: (files: File[]) => void;
}

/** The browser's own way to choose files; a button opens it. */
export function PictureInput({ inputRef, onFiles }: PictureInputProps) {
  return (
    <input
      ref={inputRef}
      type="file"
      hidden
      multiple
      accept="image/*,.heic,.heif,.avif,.jxl,.tif,.tiff,.txt"
      aria-label="Choose pictures"
      onChange={(event) => {
        onFiles([...(event.target.files ?? [])]);
        // The same file can be chosen again.
        event.target.value = '';
      }}
    />
  );
}
