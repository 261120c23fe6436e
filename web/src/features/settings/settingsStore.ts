import type { ParameterValue, ParameterValues } from '../../api/types';

/** What someone chose. A parameter that is not named has the model's own value. */
export interface Settings {
  model: string | null;
  device: string | null;
  values: ParameterValues;
}

export const ownSettings: Settings = { model: null, device: null, values: {} };

/** What belongs to a picture, or names things that Settings keeps apart. */
const notShared = new Set(['model', 'device', 'caption', 'gamma', 'tile_captions']);

const storageName = 'supir-settings';

export function withValue(settings: Settings, name: string, value: ParameterValue | undefined): Settings {
  const values = Object.entries(settings.values).filter(([other]) => other !== name);
  return { ...settings, values: Object.fromEntries(value === undefined ? values : [...values, [name, value]]) };
}

/** The settings of an earlier job, so that they give the same picture again. */
export function fromJob(parameters: ParameterValues, used: ParameterValues): Settings {
  const entries = Object.entries({ ...parameters, seed: used.seed ?? null });
  return {
    model: textOf(parameters.model),
    device: textOf(parameters.device),
    values: Object.fromEntries(entries.filter(([name, value]) => !notShared.has(name) && value !== null)),
  };
}

/** The parameters of a new job. */
export function toParameters(settings: Settings): ParameterValues {
  return {
    ...settings.values,
    ...(settings.model === null ? {} : { model: settings.model }),
    ...(settings.device === null ? {} : { device: settings.device }),
  };
}

export function loadSettings(): Settings {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageName) ?? 'null');
    return isSettings(stored) ? stored : ownSettings;
  } catch {
    return ownSettings;
  }
}

export function saveSettings(settings: Settings): void {
  localStorage.setItem(storageName, JSON.stringify(settings));
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && 'values' in value && typeof value.values === 'object' && 'model' in value && 'device' in value;
}

function textOf(value: ParameterValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
