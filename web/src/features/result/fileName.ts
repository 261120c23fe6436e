import type { ResultFormat } from '../../api/calls';

const endings: Record<ResultFormat, string> = { png: 'png', jpeg: 'jpg', webp: 'webp' };

/** The name that the command line would give the file. */
export function fileNameOf(name: string, samples: number, sample: number, format: ResultFormat): string {
  const stem = name.replace(/\.[^.]*$/, '');
  const number = samples > 1 ? `_${sample}` : '';
  return `${stem}.restored${number}.${endings[format]}`;
}
