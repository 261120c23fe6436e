import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getCaptioner, getDevices, getHealth, getModels, getParameters, getPresets } from './calls';

/** What changes only when the program starts anew. */
const fixed = { staleTime: Infinity } as const;

export const useHealth = () => useQuery({ queryKey: ['health'], queryFn: getHealth, refetchInterval: 5000 });
export const useModels = () => useQuery({ queryKey: ['models'], queryFn: getModels, staleTime: 60_000 });
export const usePresets = (model: string | null) =>
  useQuery({ queryKey: ['presets', model], queryFn: () => getPresets(model), placeholderData: keepPreviousData, ...fixed });
export const useDevices = () => useQuery({ queryKey: ['devices'], queryFn: getDevices, ...fixed });
export const useParameters = (model: string | null) =>
  useQuery({ queryKey: ['parameters', model], queryFn: () => getParameters(model), placeholderData: keepPreviousData, ...fixed });
export const useCaptioner = () => useQuery({ queryKey: ['captioner'], queryFn: getCaptioner, staleTime: 60_000 });
