import { describe, expect, it } from 'vitest';
import { captionsFor, placeOf } from './tileCaptions';

describe('captions of tiles', () => {
  it('begin with the picture’s own, and are kept where the number of tiles changes', () => {
    const first = captionsFor(2, null, 'A street.');
    expect(first).toEqual(['A street.', 'A street.']);
    expect(captionsFor(3, ['A door.', 'A window.'], 'A street.')).toEqual(['A door.', 'A window.', 'A street.']);
    expect(captionsFor(1, ['A door.', 'A window.'], 'A street.')).toEqual(['A door.']);
  });

  it('stand where their tiles lie', () => {
    const place = placeOf({ x: 512, y: 0, width: 512, height: 256 }, { width: 1024, height: 512 });
    expect(place).toEqual({ left: '50%', top: '0%', width: '50%', height: '50%' });
  });
});
