import { useMemo } from 'react';
import { useModels, useParameters } from '../../api/queries';
import type { ModelInfo, ParameterInfo, ParameterValues } from '../../api/types';
import { useSettings } from './SettingsContext';

export interface EffectiveSettings {
  model: ModelInfo | undefined;
  parameters: readonly ParameterInfo[];
  /** All values that count: the chosen ones, and the model's own for the others. */
  values: ParameterValues;
  /** Whether the sampler works in tiles, each of which can have a caption. */
  isTiled: boolean;
}

export function useEffectiveValues(): EffectiveSettings {
  const { settings } = useSettings();
  const { data: models } = useModels();
  const { data: parameters } = useParameters(settings.model);
  return useMemo(() => {
    const model = models?.find(({ id, isDefault }) => (settings.model === null ? isDefault : id === settings.model));
    const own = Object.fromEntries((parameters ?? []).map((parameter) => [parameter.name, parameter.default]));
    const values = { ...own, ...settings.values };
    const isTiled = typeof values.sampler === 'string' ? values.sampler.startsWith('Tiled') : model?.tiled === true;
    return { model, parameters: parameters ?? [], values, isTiled };
  }, [models, parameters, settings]);
}
