import { describe, expect, it } from 'vitest';
import { sortIncoming, stemOf } from './incoming';

describe('incoming files', () => {
  it('are pictures by their type or, where the browser knows none, by their ending', async () => {
    const { pictures, others } = await sortIncoming([
      new File([], 'a.jpg', { type: 'image/jpeg' }),
      new File([], 'b.HEIC'),
      new File([], 'c.pdf', { type: 'application/pdf' }),
    ]);
    expect(pictures.map(({ name }) => name)).toEqual(['a.jpg', 'b.HEIC']);
    expect(others).toEqual(['c.pdf']);
  });

  it('carry captions in text files beside pictures', async () => {
    const { captions } = await sortIncoming([new File(['  Two children on a beach.\n'], 'Beach 1962.txt', { type: 'text/plain' })]);
    expect(captions.get(stemOf('beach 1962.JPG'))).toBe('Two children on a beach.');
  });
});
