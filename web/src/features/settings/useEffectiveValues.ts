import { useMemo } from 'react';
import { useModels, useParameters } from '../../api/queries';
import type { ModelInfo, ParameterInfo, ParameterValues } from '../../api/types';
import { useSettings } from './SettingsContext';

export interface EffectiveSettings {
  model: ModelInfo | undefined;
  parameters: readonly ParameterInfo[];
  /** All values that count: the chosen ones, and the model's own for the others. */
  values: ParameterValues;
}

export function useEffectiveValues(): EffectiveSettings {
  const { settings } = useSettings();
  const { data: models } = useModels();
  const { data: parameters } = useParameters(settings.model);
  return useMemo(
    () => ({
      model: models?.find(({ id, isDefault }) => (settings.model === null ? isDefault : id === settings.model)),
      parameters: parameters ?? [],
      values: { ...Object.fromEntries((parameters ?? []).map((parameter) => [parameter.name, parameter.default])), ...settings.values },
    }),
    [models, parameters, settings],
  );
}
