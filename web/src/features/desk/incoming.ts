/** Files that were dropped, pasted or chosen, sorted by what can be done with them. */
export interface Incoming {
  pictures: File[];
  /** Captions from side-car files, by the picture's name without its ending. */
  captions: Map<string, string>;
  /** Names of files that are neither. */
  others: string[];
}

const pictureEndings = new Set(['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'avif', 'heic', 'heif', 'jxl', 'bmp']);
const longestCaption = 4000;

export async function sortIncoming(files: readonly File[]): Promise<Incoming> {
  const incoming: Incoming = { pictures: [], captions: new Map(), others: [] };
  for (const file of files) {
    if (isPicture(file)) {
      incoming.pictures.push(file);
    } else if (endingOf(file.name) === 'txt') {
      incoming.captions.set(stemOf(file.name), (await file.text()).trim().slice(0, longestCaption));
    } else {
      incoming.others.push(file.name);
    }
  }
  return incoming;
}

/** A name without its ending, as side-car files are compared by: "Beach.JPG" and "beach.txt" belong together. */
export function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, '').toLowerCase();
}

function isPicture(file: File): boolean {
  return file.type.startsWith('image/') || pictureEndings.has(endingOf(file.name));
}

function endingOf(name: string): string {
  return (/\.([^.]+)$/.exec(name)?.[1] ?? '').toLowerCase();
}
