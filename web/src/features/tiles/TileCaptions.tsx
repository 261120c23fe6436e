import { Sparkles } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { messageOf } from '../../api/problem';
import { useCaptioner } from '../../api/queries';
import type { TileList } from '../../api/types';
import { Button } from '../../components/Button';
import { Field } from '../../components/Field';
import inputs from '../../components/inputs.module.css';
import { Switch } from '../../components/Switch';
import { useDesk } from '../desk/DeskContext';
import type { Entry } from '../desk/entries';
import { captionsFor } from './tileCaptions';
import { TileMap } from './TileMap';
import { useTileCaptioner } from './useTileCaptioner';
import styles from './TileCaptions.module.css';

interface TileCaptionsProps {
  entry: Entry;
  map: TileList;
  picture: string | null;
}

/** A caption for each tile of a tiled sampler: what a tile shows counts there alone. */
export function TileCaptions({ entry, map, picture }: TileCaptionsProps) {
  const id = useId();
  const { change } = useDesk();
  const { data: captioner } = useCaptioner();
  const [chosen, setChosen] = useState(0);
  const count = map.tiles.length;
  const { describe, stop, current, error } = useTileCaptioner(entry, count);
  const tile = Math.min(chosen, count - 1);
  const isOn = entry.tileCaptions !== null;
  const all = captionsFor(count, entry.tileCaptions, entry.caption);

  // Other settings may have cut the picture otherwise since.
  useEffect(() => {
    change(entry.id, ({ caption, tileCaptions }) =>
      tileCaptions !== null && tileCaptions.length !== count ? { tileCaptions: captionsFor(count, tileCaptions, caption) } : {},
    );
  }, [change, entry.id, count]);

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
            isOn={isOn}
            onChange={(isWanted) => change(entry.id, { tileCaptions: isWanted ? all : null })}
            describedBy={`${id}-meaning`}
          />
        }
      >
        {isOn && (
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
                onChange={(event) => change(entry.id, { tileCaptions: all.with(tile, event.target.value) })}
              />
              {captioner?.available === true && (
                <div className={styles.captioner}>
                  {current === null ? (
                    <>
                      <Button size="small" onClick={() => describe([tile])}>
                        <Sparkles size={15} aria-hidden /> Describe this tile
                      </Button>
                      <Button size="small" onClick={() => describe(map.tiles.map((_, index) => index))}>
                        Describe all {count}
                      </Button>
                    </>
                  ) : (
                    <>
                      <span role="status">
                        Looking at tile {current + 1} of {count}…
                      </span>
                      <Button size="small" onClick={stop}>
                        Stop
                      </Button>
                    </>
                  )}
                </div>
              )}
              {error !== null && (
                <p className={styles.error} role="alert">
                  {messageOf(error)}
                </p>
              )}
            </div>
          </div>
        )}
      </Field>
    </section>
  );
}
