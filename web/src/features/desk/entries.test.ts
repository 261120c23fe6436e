import { describe, expect, it } from 'vitest';
import { emptyDesk, withChange, withIncoming, withJobs, without } from './entries';

const picture = (name: string) => new File(['x'], name, { type: 'image/jpeg' });
const pictures = (...names: string[]) => ({ pictures: names.map(picture), captions: new Map<string, string>(), others: [] });

describe('the desk', () => {
  it('selects the first of the pictures that came last', () => {
    const desk = withIncoming(withIncoming(emptyDesk, pictures('a.jpg')), pictures('b.jpg', 'c.jpg'));
    expect(desk.entries.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    expect(desk.selectedId).toBe(desk.entries[1]?.id);
  });

  it('gives a side-car caption to a picture that lay there before it', () => {
    const desk = withIncoming(withIncoming(emptyDesk, pictures('Beach.jpg')), {
      pictures: [],
      captions: new Map([['beach', 'Two children.']]),
      others: [],
    });
    expect(desk.entries[0]?.caption).toBe('Two children.');
  });

  it('does not change what was sent already', () => {
    const first = withIncoming(emptyDesk, pictures('a.jpg'));
    const sent = withChange(first, first.entries[0]?.id ?? '', { jobId: '1', caption: 'old' });
    expect(withIncoming(sent, { pictures: [], captions: new Map([['a', 'new']]), others: [] }).entries[0]?.caption).toBe('old');
  });

  it('shows a job once', () => {
    const jobs = [{ id: '1', name: 'a.jpg' }];
    expect(withJobs(withJobs(emptyDesk, jobs), jobs).entries).toHaveLength(1);
  });

  it('leaves a job away that was taken off', () => {
    const jobs = [{ id: '1', name: 'a.jpg' }];
    const shown = withJobs(emptyDesk, jobs);
    expect(withJobs(without(shown, shown.entries[0]?.id ?? ''), jobs).entries).toHaveLength(0);
  });

  it('selects the neighbour of what is taken away', () => {
    const desk = withIncoming(emptyDesk, pictures('a.jpg', 'b.jpg', 'c.jpg'));
    const [a, b, c] = desk.entries.map(({ id }) => id);
    const withoutB = without({ ...desk, selectedId: b ?? null }, b ?? '');
    expect(withoutB.selectedId).toBe(c);
    const withoutC = without(withoutB, c ?? '');
    expect(withoutC.selectedId).toBe(a);
    expect(without(withoutC, a ?? '')).toEqual(emptyDesk);
  });
});
