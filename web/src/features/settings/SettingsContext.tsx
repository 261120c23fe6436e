import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import type { ParameterValue, ParameterValues } from '../../api/types';
import { loadSettings, ownSettings, saveSettings, withValue, type Settings } from './settingsStore';

interface SettingsAccess {
  settings: Settings;
  setValue: (name: string, value: ParameterValue | undefined) => void;
  setValues: (values: ParameterValues) => void;
  unset: (names: readonly string[]) => void;
  change: (change: Partial<Settings>) => void;
  reset: () => void;
}

const Context = createContext<SettingsAccess | null>(null);

/** Keeps the settings, also for the next visit. */
export function SettingsProvider({ children }: { children: ReactNode }) {
  const [settings, setSettings] = useState(loadSettings);

  const update = useCallback((next: (settings: Settings) => Settings) => {
    setSettings((current) => {
      const changed = next(current);
      saveSettings(changed);
      return changed;
    });
  }, []);

  const access = useMemo<SettingsAccess>(
    () => ({
      settings,
      setValue: (name, value) => update((current) => withValue(current, name, value)),
      setValues: (values) => update((current) => ({ ...current, values: { ...current.values, ...values } })),
      unset: (names) => update((current) => names.reduce((rest, name) => withValue(rest, name, undefined), current)),
      change: (change) => update((current) => ({ ...current, ...change })),
      reset: () => update(() => ownSettings),
    }),
    [settings, update],
  );
  return <Context value={access}>{children}</Context>;
}

export function useSettings(): SettingsAccess {
  const access = use(Context);
  if (access === null) {
    throw new Error('useSettings is used outside of SettingsProvider.');
  }
  return access;
}
