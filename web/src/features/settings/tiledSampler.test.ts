import { expect, it } from 'vitest';
import { otherSampler } from './tiledSampler';

it('finds the sampler that does the same in tiles, and back', () => {
  const choices = ['RestoreEDM', 'TiledRestoreEDM', 'EulerEDM'];
  expect(otherSampler('RestoreEDM', true, choices)).toBe('TiledRestoreEDM');
  expect(otherSampler('TiledRestoreEDM', false, choices)).toBe('RestoreEDM');
  expect(otherSampler('EulerEDM', true, choices)).toBeNull();
});
