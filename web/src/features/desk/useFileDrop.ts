import { useEffect, useState } from 'react';
import { droppedFiles } from './droppedFiles';

/** Takes files that are dropped or pasted anywhere on the page. True while files are being dragged over it. */
export function useFileDrop(onFiles: (files: File[]) => void): boolean {
  const [depth, setDepth] = useState(0);

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;

    const onEnter = (event: DragEvent) => {
      if (hasFiles(event)) {
        event.preventDefault();
        setDepth((current) => current + 1);
      }
    };
    const onOver = (event: DragEvent) => {
      if (hasFiles(event)) {
        event.preventDefault();
      }
    };
    const onLeave = (event: DragEvent) => {
      if (hasFiles(event)) {
        setDepth((current) => Math.max(0, current - 1));
      }
    };
    const onDrop = (event: DragEvent) => {
      setDepth(0);
      if (hasFiles(event) && event.dataTransfer !== null) {
        event.preventDefault();
        void droppedFiles(event.dataTransfer).then(onFiles);
      }
    };
    const onPaste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) {
        event.preventDefault();
        onFiles(files);
      }
    };

    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
      window.removeEventListener('paste', onPaste);
    };
  }, [onFiles]);

  return depth > 0;
}
