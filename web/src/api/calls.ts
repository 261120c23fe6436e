import { api, bodyOf, call } from './client';
import type { components } from './schema';
import type { Feedback, Job, ParameterInfo, ParameterValues, PresetList, TileList } from './types';

const ofModel = (model: string | null) => ({ params: { query: model === null ? {} : { model } } });
const ofJob = (id: string) => ({ params: { path: { id } } });

export const getHealth = () => bodyOf(api.GET('/api/v1/health'));
export const getModels = () => bodyOf(api.GET('/api/v1/models'));
export const getDevices = () => bodyOf(api.GET('/api/v1/devices'));
export const getCaptioner = () => bodyOf(api.GET('/api/v1/captioner'));
export const getPresets = (model: string | null): Promise<PresetList> => bodyOf(api.GET('/api/v1/presets', ofModel(model)));
export const getParameters = async (model: string | null) =>
  (await bodyOf(api.GET('/api/v1/parameters', ofModel(model)))) as ParameterInfo[];

export const getJob = (id: string): Promise<Job> => bodyOf(api.GET('/api/v1/jobs/{id}', ofJob(id)));
export const getJobs = (search: string, limit: number, before: string) =>
  bodyOf(api.GET('/api/v1/jobs', { params: { query: { limit, ...(search === '' ? {} : { search }), ...(before === '' ? {} : { before }) } } }));
export const cancelJob = (id: string) => api.DELETE('/api/v1/jobs/{id}', ofJob(id));
export const deleteJob = (id: string) => api.DELETE('/api/v1/jobs/{id}', { params: { path: { id }, query: { purge: true } } });
export const putFeedback = (id: string, feedback: Feedback) => api.PUT('/api/v1/jobs/{id}/feedback', { ...ofJob(id), body: feedback });

/** A picture with its settings, as the program takes them. */
function pictureForm(picture: Blob, name: string, parameters: ParameterValues): FormData {
  const form = new FormData();
  form.append('picture', picture, name);
  form.append('parameters', JSON.stringify(parameters));
  return form;
}

export const postJob = async (picture: Blob, name: string, parameters: ParameterValues, idempotencyKey: string) => {
  const body = pictureForm(picture, name, parameters);
  const answer = await call('/api/v1/jobs', { method: 'POST', headers: { 'Idempotency-Key': idempotencyKey }, body });
  return (await answer.json()) as components['schemas']['JobAccepted'];
};

export const postStage1 = async (picture: Blob, name: string, parameters: ParameterValues, signal: AbortSignal) =>
  (await call('/api/v1/stage1', { method: 'POST', body: pictureForm(picture, name, parameters), signal })).blob();

/** What a picture shows, or one of its tiles. */
export const postCaption = async (picture: Blob, name: string, parameters: ParameterValues, { tile, signal }: { tile?: number; signal?: AbortSignal } = {}) => {
  const body = pictureForm(picture, name, parameters);
  if (tile !== undefined) {
    body.append('tile', String(tile));
  }
  const answer = await call('/api/v1/captions', { method: 'POST', body, signal: signal ?? null });
  return ((await answer.json()) as components['schemas']['Caption']).caption;
};

export const postTiles = async (picture: Blob, name: string, parameters: ParameterValues) => {
  const answer = await call('/api/v1/tiles', { method: 'POST', body: pictureForm(picture, name, parameters) });
  return (await answer.json()) as TileList;
};

export const getPicture = async (path: string) => (await call(path)).blob();

export type ResultFormat = 'png' | 'jpeg' | 'webp';

export const pathOf = {
  input: (id: string) => `/api/v1/jobs/${id}/input`,
  thumbnail: (id: string) => `/api/v1/jobs/${id}/thumbnail`,
  events: (id: string) => `/api/v1/jobs/${id}/events`,
  result: (id: string, sample: number, format: ResultFormat = 'png') => `/api/v1/jobs/${id}/result?sample=${sample}&format=${format}`,
};
