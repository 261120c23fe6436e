import { RadioGroup } from 'radix-ui';
import type { TileList } from '../../api/types';
import { placeOf } from './tileCaptions';
import styles from './TileMap.module.css';

interface TileMapProps {
  map: TileList;
  picture: string | null;
  captions: readonly string[];
  chosen: number;
  onChoose: (tile: number) => void;
}

/** The tiles on the picture, one of them chosen. */
export function TileMap({ map, picture, captions, chosen, onChoose }: TileMapProps) {
  const chosenTile = map.tiles[chosen];
  return (
    <RadioGroup.Root
      className={styles.map}
      style={{ aspectRatio: `${map.width} / ${map.height}` }}
      aria-label="Tile"
      value={String(chosen)}
      onValueChange={(value) => onChoose(Number(value))}
    >
      {picture !== null && <img className={styles.picture} src={picture} alt="" />}
      {chosenTile !== undefined && <span className={styles.outline} style={placeOf(chosenTile, map)} />}
      {map.tiles.map((tile, index) => (
        <RadioGroup.Item
          key={`${tile.x} ${tile.y}`}
          value={String(index)}
          className={styles.tile}
          data-told={captions[index] !== ''}
          // Tiles overlap, so each is taken by its middle.
          style={placeOf({ x: tile.x + tile.width / 2, y: tile.y + tile.height / 2, width: 0, height: 0 }, map)}
          aria-label={`Tile ${index + 1}: ${captions[index] === '' ? 'no caption' : (captions[index] ?? '')}`}
        >
          {index + 1}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
