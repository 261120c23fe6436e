import { useEffect, useId, useState } from 'react';
import type { TileList } from '../../api/types';
import { Field } from '../../components/Field';
import inputs from '../../components/inputs.module.css';
import { Switch } from '../../components/Switch';
import { captionsFor } from './tileCaptions';
import { TileMap } from './TileMap';
import styles from './TileCaptions.module.css';

interface TileCaptionsProps {
  map: TileList;
  picture: string | null;
  caption: string;
  captions: readonly string[] | null;
  onChange: (captions: string[] | null) => void;
}

/** A caption for each tile of a tiled sampler: what a tile shows counts there alone. */
export function TileCaptions({ map, picture, caption, captions, onChange }: TileCaptionsProps) {
  const id = useId();
  const [chosen, setChosen] = useState(0);
  const count = map.tiles.length;
  const tile = Math.min(chosen, count - 1);
  const all = captionsFor(count, captions, caption);

  // Other settings may have cut the picture otherwise since.
  useEffect(() => {
    if (captions !== null && captions.length !== count) {
      onChange(captionsFor(count, captions, caption));
    }
  }, [captions, count, caption, onChange]);

  return (
    <section className={styles.tiles} aria-label="Captions of the tiles">
      <Field
        label="A caption for each tile"
        htmlFor={`${id}-switch`}
        meaningId={`${id}-meaning`}
        meaning={`The picture is restored in ${count} overlapping tiles. Each can be told what it shows.`}
        aside={
          <Switch
            id={`${id}-switch`}
            isOn={captions !== null}
            onChange={(isOn) => onChange(isOn ? all : null)}
            describedBy={`${id}-meaning`}
          />
        }
      >
        {captions !== null && (
          <div className={styles.editor}>
            <TileMap map={map} picture={picture} captions={all} chosen={tile} onChoose={setChosen} />
            <div className={styles.caption}>
              <label htmlFor={`${id}-caption`}>
                Tile {tile + 1} of {count} shows
              </label>
              <textarea
                id={`${id}-caption`}
                className={inputs.input}
                rows={3}
                value={all[tile]}
                onChange={(event) => onChange(all.with(tile, event.target.value))}
              />
            </div>
          </div>
        )}
      </Field>
    </section>
  );
}
