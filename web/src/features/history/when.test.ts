import { expect, it } from 'vitest';
import { whenWords } from './when';

it('names the last two days, and dates before them', () => {
  const now = new Date(2026, 10, 26, 8, 0);
  expect(whenWords(new Date(2026, 10, 26, 7, 5).toISOString(), now)).toBe('today, 07:05');
  expect(whenWords(new Date(2026, 10, 25, 23, 59).toISOString(), now)).toBe('yesterday, 23:59');
  expect(whenWords(new Date(2026, 10, 24, 23, 59).toISOString(), now)).toContain('2026');
});
