import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { postCaption } from '../../api/calls';
import { useDesk } from '../desk/DeskContext';
import type { Entry } from '../desk/entries';
import { toParameters } from '../settings/settingsStore';
import { useSettings } from '../settings/SettingsContext';
import { captionsFor } from './tileCaptions';

export interface TileCaptioner {
  /** Has tiles described, one after the other; each caption is there as soon as it is known. */
  describe: (tiles: readonly number[]) => void;
  stop: () => void;
  /** The tile that is looked at; null for none. */
  current: number | null;
  error: Error | null;
}

/** Asks the captioner what a picture's tiles show. What was written into other tiles meanwhile stays. */
export function useTileCaptioner(entry: Entry, count: number): TileCaptioner {
  const { change } = useDesk();
  const { settings } = useSettings();
  const [current, setCurrent] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  const stop = () => abort.current?.abort();
  useEffect(() => () => abort.current?.abort(), []);

  const { mutate, error } = useMutation({
    mutationFn: async (tiles: readonly number[]) => {
      const controller = new AbortController();
      abort.current = controller;
      try {
        for (const tile of tiles) {
          setCurrent(tile);
          const text = await postCaption(entry.file ?? new Blob(), entry.name, toParameters(settings), { tile, signal: controller.signal });
          change(entry.id, ({ caption, tileCaptions }) => ({ tileCaptions: captionsFor(count, tileCaptions, caption).with(tile, text) }));
        }
      } catch (problem) {
        if (!controller.signal.aborted) {
          throw problem;
        }
      } finally {
        setCurrent(null);
      }
    },
  });
  return { describe: mutate, stop, current, error };
}
