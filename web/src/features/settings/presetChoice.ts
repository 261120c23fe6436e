import type { ModelInfo, ParameterValues, PresetInfo } from '../../api/types';

/** The presets that have a place of their own: points of the dial's line are on the dial. */
export function presetsBesideTheLine(presets: readonly PresetInfo[], line: readonly ParameterValues[]): PresetInfo[] {
  return presets.filter(({ values }) => !line.some((point) => contains(values, point)));
}

/** A preset's values for a model: a variant counts only where the model has it. */
export function valuesFor(model: ModelInfo | undefined, values: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name !== 'SUPIR_sign' || model?.variants.includes(String(value)) === true),
  );
}

/** Whether all values of a part are among the values of a whole. */
export function contains(whole: ParameterValues, part: ParameterValues): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}
