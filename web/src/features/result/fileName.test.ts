import { expect, it } from 'vitest';
import { fileNameOf } from './fileName';

it('names a download as the command line names its file', () => {
  expect(fileNameOf('Beach 1962.JPG', 1, 0, 'png')).toBe('Beach 1962.restored.png');
  expect(fileNameOf('a.b.tif', 4, 2, 'jpeg')).toBe('a.b.restored_2.jpg');
});
