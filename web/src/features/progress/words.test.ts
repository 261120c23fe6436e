import { describe, expect, it } from 'vitest';
import { durationWords, stepOf, timeLeft } from './words';

const progress = { fraction: 0.2, stage: 'sample', step: 0, steps: 50, secondsLeft: 61 };

describe('progress in words', () => {
  it('counts the step that is worked on', () => {
    expect(stepOf(progress)).toBe('step 1 of 50');
    expect(stepOf({ ...progress, step: 50 })).toBe('step 50 of 50');
    expect(stepOf({ ...progress, steps: 0 })).toBe('');
  });

  it('says durations as people do', () => {
    expect([0.2, 59.4, 61, 3599, 4000].map(durationWords)).toEqual(['1 s', '59 s', '1 min', '1 h 0 min', '1 h 7 min']);
  });

  it('says nothing of the time left while nobody knows', () => {
    expect(timeLeft({ ...progress, secondsLeft: null })).toBe('');
    expect(timeLeft(progress)).toBe('about 1 min left');
    expect(timeLeft({ ...progress, secondsLeft: 1 })).toBe('nearly done');
  });
});
