import { describe, expect, it } from 'vitest';
import { ApiProblem, messageOf, problemOf, wordsOf } from './problem';

describe('a refused call', () => {
  it('is told in the program’s own words', () => {
    expect(wordsOf(422, '{"title":"Unprocessable","detail":"old.jpg: ends after 7 bytes."}')).toBe('old.jpg: ends after 7 bytes.');
  });

  it('is told in plain words where the body holds none', () => {
    expect(wordsOf(413, '<html>')).toBe('The picture is larger than this program accepts.');
    expect(wordsOf(500, '{"title":"Something broke"}')).toBe('Something broke');
    expect(wordsOf(502, '')).toBe('The program answered 502.');
  });

  it('carries the seconds after which to try again', async () => {
    const problem = await problemOf(new Response('{}', { status: 429, headers: { 'Retry-After': '12' } }));
    expect(problem.retryAfterSeconds).toBe(12);
    expect((await problemOf(new Response('{}', { status: 429 }))).retryAfterSeconds).toBeNull();
  });

  it('differs from a program that does not answer', () => {
    expect(messageOf(new TypeError('Failed to fetch'))).toContain('does not answer');
    expect(messageOf(new ApiProblem(400, 'edm_steps: must be 1 to 1000.'))).toBe('edm_steps: must be 1 to 1000.');
  });
});
