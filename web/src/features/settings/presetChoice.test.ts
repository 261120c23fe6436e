import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../api/types';
import { contains, presetsBesideTheLine, valuesFor } from './presetChoice';

const model: ModelInfo = {
  id: 'SUPIR_v0', name: 'SUPIR v0', variants: ['Q'], ready: true, missing: null, notice: null, sampler: 'RestoreEDM', tiled: false, steps: 50, isDefault: true,
};

describe('presets', () => {
  it('that are points of the line are left to the dial', () => {
    const line = [{ s_cfg: 4, s_noise: 1.007 }];
    const presets = [
      { id: 'author-1', name: 'author 1', description: '', values: { s_cfg: 4, s_noise: 1.007, edm_steps: 50 } },
      { id: 'README-F', name: 'README F', description: '', values: { s_cfg: 4, s_noise: 1.01 } },
    ];
    expect(presetsBesideTheLine(presets, line).map(({ id }) => id)).toEqual(['README-F']);
  });

  it('ask for a variant only where the model has it', () => {
    expect(valuesFor(model, { SUPIR_sign: 'F', s_cfg: 4 })).toEqual({ s_cfg: 4 });
    expect(valuesFor(model, { SUPIR_sign: 'Q' })).toEqual({ SUPIR_sign: 'Q' });
  });

  it('are the chosen one when all their values count', () => {
    expect(contains({ s_cfg: 4, edm_steps: 8 }, { s_cfg: 4 })).toBe(true);
    expect(contains({ s_cfg: 5 }, { s_cfg: 4 })).toBe(false);
  });
});
