import { Columns2, Square } from 'lucide-react';
import { useState } from 'react';
import { pathOf } from '../../api/calls';
import type { Job } from '../../api/types';
import { usePicture } from '../../api/usePicture';
import { IconButton } from '../../components/IconButton';
import { CompareView } from '../compare/CompareView';
import { SideBySide } from '../compare/SideBySide';
import { DownloadMenu } from './DownloadMenu';
import { ReuseButtons } from './ReuseButtons';
import { SamplePicker } from './SamplePicker';
import { useResultPictures } from './useResultPictures';
import styles from './ResultView.module.css';

/** A finished job: before and after, all samples, and what can be done with them. */
export function ResultView({ job }: { job: Job }) {
  const [sample, setSample] = useState(0);
  const [isSideBySide, setSideBySide] = useState(false);
  const before = usePicture(pathOf.input(job.id));
  const results = useResultPictures(job);
  const result = results[sample] ?? null;

  const layout = (
    <IconButton
      icon={isSideBySide ? Square : Columns2}
      label={isSideBySide ? 'One picture with a slider' : 'Side by side'}
      onClick={() => setSideBySide(!isSideBySide)}
    />
  );
  const sides = [
    { src: before, label: 'Before' },
    ...results.map((src, index) => ({ src, label: job.samples > 1 ? `Sample ${index + 1}` : 'After' })),
  ].filter((side): side is { src: string; label: string } => side.src !== null);

  return (
    <section className={styles.result} aria-label={`${job.name}, restored`}>
      <div className={styles.view}>
        {isSideBySide ? (
          <SideBySide pictures={sides} tools={layout} />
        ) : (
          <CompareView before={{ src: before, label: 'Before' }} after={{ src: result, label: 'After' }} tools={layout} />
        )}
      </div>
      <div className={styles.actions}>
        {job.samples > 1 && <SamplePicker samples={results} sample={sample} onChange={setSample} />}
        <div className={styles.buttons}>
          <ReuseButtons job={job} />
          <DownloadMenu job={job} sample={sample} />
        </div>
      </div>
    </section>
  );
}
