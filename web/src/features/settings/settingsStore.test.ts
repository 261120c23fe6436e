import { describe, expect, it } from 'vitest';
import { fromJob, ownSettings, toParameters, withValue } from './settingsStore';

describe('settings', () => {
  it('name only what was chosen', () => {
    const chosen = withValue(withValue(ownSettings, 'upscale', 2), 'edm_steps', 20);
    expect(toParameters(withValue(chosen, 'upscale', undefined))).toEqual({ edm_steps: 20 });
  });

  it('of a job come with the seed that it drew, and without its caption', () => {
    const settings = fromJob({ model: 'SUPIR_v0', upscale: 2, seed: -1, caption: 'Two children.' }, { seed: 77, edm_steps: 50 });
    expect(settings).toEqual({ model: 'SUPIR_v0', device: null, values: { upscale: 2, seed: 77 } });
    expect(toParameters(settings)).toEqual({ model: 'SUPIR_v0', upscale: 2, seed: 77 });
  });
});
