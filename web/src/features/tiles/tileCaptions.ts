/** Captions for so many tiles: known ones are kept, new ones begin with the picture's own. */
export function captionsFor(count: number, known: readonly string[] | null, caption: string): string[] {
  return Array.from({ length: count }, (_, tile) => known?.[tile] ?? caption);
}

/** Where a tile lies in the picture, for a style. */
export function placeOf(tile: { x: number; y: number; width: number; height: number }, picture: { width: number; height: number }) {
  return {
    left: `${(tile.x / picture.width) * 100}%`,
    top: `${(tile.y / picture.height) * 100}%`,
    width: `${(tile.width / picture.width) * 100}%`,
    height: `${(tile.height / picture.height) * 100}%`,
  };
}
