import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { postTiles } from '../../api/calls';
import type { TileList } from '../../api/types';
import type { Entry } from '../desk/entries';
import { toParameters } from '../settings/settingsStore';
import { useSettings } from '../settings/SettingsContext';
import { useEffectiveValues } from '../settings/useEffectiveValues';

/** The tiles of a picture; none where neither the model nor a chosen sampler works in tiles. */
export function useTiles(entry: Entry): TileList | null {
  const { settings } = useSettings();
  const { isTiled } = useEffectiveValues();
  const parameters = toParameters(settings);
  const { data } = useQuery({
    queryKey: ['tiles', entry.id, parameters],
    queryFn: () => postTiles(entry.file ?? new Blob(), entry.name, parameters),
    enabled: isTiled && entry.file !== null,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  return isTiled && data !== undefined && data.tiles.length > 0 ? data : null;
}
