import { Trash2 } from 'lucide-react';
import { ApiProblem, messageOf } from '../../api/problem';
import { useObjectUrl } from '../../api/useObjectUrl';
import { Button } from '../../components/Button';
import { Field } from '../../components/Field';
import { Notice } from '../../components/Notice';
import { Slider } from '../../components/Slider';
import { CompareView } from '../compare/CompareView';
import { TileCaptions } from '../tiles/TileCaptions';
import { useTiles } from '../tiles/useTiles';
import { CaptionField } from './CaptionField';
import { useDesk } from './DeskContext';
import type { Entry } from './entries';
import { GammaFilter } from './GammaFilter';
import { useStage1 } from './useStage1';
import styles from './Draft.module.css';

const neutralGamma = 1;

/** Answers that mean that the picture itself is at fault: too large, of no known format, broken. */
const unreadable = new Set([413, 415, 422]);

/** A picture before it is sent: what stage 1 makes of it, and what the restoration is to know. */
export function Draft({ entry }: { entry: Entry }) {
  const { change, remove } = useDesk();
  const original = useObjectUrl(entry.file);
  const stage1 = useStage1(entry);
  const tiles = useTiles(entry);
  const filterId = `gamma-${entry.id}`;
  const isUnreadable = stage1.error instanceof ApiProblem && unreadable.has(stage1.error.status);

  return (
    <div className={styles.draft}>
      <GammaFilter id={filterId} gamma={entry.gamma} />
      <div className={styles.view}>
        {isUnreadable ? (
          <div className={styles.fault}>
            <Notice
              kind="error"
              title={`“${entry.name}” cannot be restored`}
              actions={
                <Button size="small" onClick={() => remove(entry.id)}>
                  <Trash2 size={15} aria-hidden /> Take it away
                </Button>
              }
            >
              <p>{messageOf(stage1.error)}</p>
            </Notice>
          </div>
        ) : (
          <CompareView
            before={stage1.error === null ? { src: original, label: 'Your picture' } : null}
            after={stage1.error === null ? { src: stage1.url, label: 'Stage 1' } : { src: original, label: 'Your picture' }}
            afterFilter={entry.gamma === neutralGamma ? undefined : `url(#${filterId})`}
          />
        )}
        {stage1.isFetching && (
          <p className={styles.busy} role="status">
            <span className={styles.dot} /> Stage 1: taking noise and compression away…
          </p>
        )}
      </div>
      <div className={styles.fields}>
        <CaptionField entry={entry} />
        <Field
          label="Gamma"
          aside={entry.gamma.toFixed(1)}
          meaning="Below 1 brightens the dark parts of stage 1, above 1 darkens them."
          meaningId={`${filterId}-meaning`}
        >
          <Slider
            label="Gamma"
            value={entry.gamma}
            min={0.1}
            max={2}
            step={0.1}
            marks={[neutralGamma]}
            isFilled={false}
            onChange={(gamma) => change(entry.id, { gamma })}
            describedBy={`${filterId}-meaning`}
          />
        </Field>
        {tiles !== null && <TileCaptions entry={entry} map={tiles} picture={stage1.url ?? original} />}
        {stage1.error !== null && !isUnreadable && (
          <Notice kind="error" title="Stage 1 cannot be shown">
            <p>{messageOf(stage1.error)}</p>
          </Notice>
        )}
        {entry.error !== null && (
          <Notice kind="error" title="It was not sent">
            <p>{entry.error}</p>
          </Notice>
        )}
      </div>
    </div>
  );
}
