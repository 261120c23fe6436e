import { useEffect } from 'react';
import { useDevices, useModels } from '../../api/queries';
import { useSettings } from './SettingsContext';

/** Forgets a model or device of an earlier visit that the program no longer has. */
export function useForgetMissing(): void {
  const { settings, change } = useSettings();
  const { data: models } = useModels();
  const { data: devices } = useDevices();

  useEffect(() => {
    const isGone = (id: string | null, all: readonly { id: string }[] | undefined) =>
      id !== null && all !== undefined && !all.some((known) => known.id === id);
    if (isGone(settings.model, models)) {
      change({ model: null });
    }
    if (isGone(settings.device, devices)) {
      change({ device: null });
    }
  }, [settings, models, devices, change]);
}
