import { describe, expect, it } from 'vitest';
import { positionOf, valuesAt } from './fidelityLine';

// Fanghua-Yu/SUPIR issue 150.
const line = [
  { s_cfg: 4, linear_CFG: true, spt_linear_CFG: 1, s_noise: 1.007 },
  { s_cfg: 4.5, linear_CFG: true, spt_linear_CFG: 1.5, s_noise: 1.011 },
  { s_cfg: 5, linear_CFG: true, spt_linear_CFG: 2, s_noise: 1.015 },
  { s_cfg: 5.5, linear_CFG: true, spt_linear_CFG: 2.5, s_noise: 1.02 },
];

describe('the line between fidelity and quality', () => {
  it('goes through its points', () => {
    expect(line.map((_, position) => valuesAt(line, position))).toEqual(line);
  });

  it('is straight between two points', () => {
    expect(valuesAt(line, 2.5)).toEqual({ s_cfg: 5.25, linear_CFG: true, spt_linear_CFG: 2.25, s_noise: 1.0175 });
  });

  it('finds every position again that the dial can take', () => {
    for (let position = 0; position <= 3; position += 0.1) {
      expect(positionOf(line, valuesAt(line, position))).toBeCloseTo(position, 3);
    }
  });

  it('does not claim values that lie beside it', () => {
    expect(positionOf(line, { s_cfg: 7.5, linear_CFG: true, spt_linear_CFG: 4, s_noise: 1.003 })).toBeNull();
    expect(positionOf(line, { s_cfg: 4.5, linear_CFG: false, spt_linear_CFG: 1.5, s_noise: 1.011 })).toBeNull();
    expect(positionOf(line, {})).toBeNull();
  });
});
