import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { postJob } from '../../api/calls';
import { ApiProblem, messageOf } from '../../api/problem';
import type { ParameterValues } from '../../api/types';
import { uniqueId } from '../../api/uniqueId';
import { toParameters } from '../settings/settingsStore';
import { useSettings } from '../settings/SettingsContext';
import { useEffectiveValues } from '../settings/useEffectiveValues';
import { useDesk } from './DeskContext';
import type { Entry } from './entries';
import { rememberPosted } from './postedJobs';

const tooManyRequests = 429;
const usualPauseSeconds = 5;

/** Sends pictures to be restored, one after the other; waits where the program's queue is full. */
export function useSend(): (entries: readonly Entry[]) => Promise<void> {
  const { change } = useDesk();
  const { settings } = useSettings();
  const { parameters, isTiled } = useEffectiveValues();
  const client = useQueryClient();
  const takesGamma = parameters.some(({ name }) => name === 'gamma');

  return useCallback(
    async (entries) => {
      for (const entry of entries) {
        change(entry.id, { sending: 'sending', error: null });
      }
      for (const entry of entries) {
        const values = { ...toParameters(settings), ...ownParameters(entry, takesGamma, isTiled) };
        try {
          const jobId = await send(entry, values, () => change(entry.id, { sending: 'waiting' }));
          rememberPosted(jobId);
          change(entry.id, { sending: 'no', jobId });
        } catch (error) {
          change(entry.id, { sending: 'no', error: messageOf(error) });
        }
      }
      await client.invalidateQueries({ queryKey: ['jobs'] });
    },
    [change, client, settings, takesGamma, isTiled],
  );
}

async function send(entry: Entry, parameters: ParameterValues, onWait: () => void): Promise<string> {
  // The same key for every try: the picture is restored once, even if an answer is lost.
  const key = uniqueId();
  for (;;) {
    try {
      return (await postJob(entry.file ?? new Blob(), entry.name, parameters, key)).id;
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== tooManyRequests) {
        throw error;
      }
      onWait();
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfterSeconds ?? usualPauseSeconds) * 1000));
    }
  }
}

function ownParameters(entry: Entry, takesGamma: boolean, isTiled: boolean): ParameterValues {
  return {
    ...(entry.caption.trim() === '' ? {} : { caption: entry.caption.trim() }),
    ...(entry.tileCaptions === null || !isTiled ? {} : { tile_captions: entry.tileCaptions }),
    ...(takesGamma && entry.gamma !== 1 ? { gamma: entry.gamma } : {}),
  };
}
