import { useQuery } from '@tanstack/react-query';
import { postStage1 } from '../../api/calls';
import { ApiProblem } from '../../api/problem';
import { toParameters } from '../settings/settingsStore';
import { useSettings } from '../settings/SettingsContext';
import { useObjectUrl } from '../../api/useObjectUrl';
import { useEffectiveValues } from '../settings/useEffectiveValues';
import type { Entry } from './entries';

const busy = new Set([429, 503]);
const mostTriesWhileBusy = 30;

/** The stage-1 picture of an entry without gamma, which the page applies itself, so that its slider answers at once. */
export function useStage1(entry: Entry) {
  const { settings } = useSettings();
  const { model } = useEffectiveValues();
  const variant = settings.values.SUPIR_sign ?? null;
  const { data, error, isFetching } = useQuery({
    queryKey: ['stage1', entry.id, settings.model, variant],
    queryFn: ({ signal }) =>
      postStage1(entry.file ?? new Blob(), entry.name, toParameters({ ...settings, values: variant === null ? {} : { SUPIR_sign: variant } }), signal),
    enabled: entry.file !== null && model?.ready === true,
    staleTime: Infinity,
    retry: (count, problem) => (isBusy(problem) ? count < mostTriesWhileBusy : count < 2 && !(problem instanceof ApiProblem)),
    retryDelay: (_count, problem) => (problem instanceof ApiProblem ? (problem.retryAfterSeconds ?? 2) : 1) * 1000,
  });
  return { url: useObjectUrl(data ?? null), error, isFetching };
}

function isBusy(problem: Error): boolean {
  return problem instanceof ApiProblem && busy.has(problem.status);
}
