import { apiKey } from './apiKey';
import { problemOf } from './problem';
import type {
  CaptionerInfo, DeviceInfo, Feedback, Health, Job, JobList, ModelInfo, ParameterInfo, ParameterValues, PresetList, TileList,
} from './types';

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = apiKey();
  if (key !== null) {
    headers.set('Authorization', `Bearer ${key}`);
  }
  const response = await fetch(path, { ...init, headers });
  if (!response.ok) {
    throw await problemOf(response);
  }
  return response;
}

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await call(path, init)).json()) as T;
}

const ofModel = (model: string | null) => (model === null ? '' : `?model=${encodeURIComponent(model)}`);

export const getHealth = () => json<Health>('/api/v1/health');
export const getModels = () => json<ModelInfo[]>('/api/v1/models');
export const getPresets = (model: string | null) => json<PresetList>(`/api/v1/presets${ofModel(model)}`);
export const getDevices = () => json<DeviceInfo[]>('/api/v1/devices');
export const getParameters = (model: string | null) => json<ParameterInfo[]>(`/api/v1/parameters${ofModel(model)}`);
export const getCaptioner = () => json<CaptionerInfo>('/api/v1/captioner');
export const getJob = (id: string) => json<Job>(`/api/v1/jobs/${id}`);

export interface JobQuery {
  search?: string;
  status?: string;
  limit?: number;
  before?: string;
}

export const getJobs = (query: JobQuery) => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      parameters.set(name, String(value));
    }
  }
  return json<JobList>(`/api/v1/jobs?${parameters.toString()}`);
};

/** A picture with its settings, as the program takes them. */
function pictureForm(picture: Blob, name: string, parameters: ParameterValues): FormData {
  const form = new FormData();
  form.append('picture', picture, name);
  form.append('parameters', JSON.stringify(parameters));
  return form;
}

export const postJob = (picture: Blob, name: string, parameters: ParameterValues, idempotencyKey: string) =>
  json<{ id: string }>('/api/v1/jobs', {
    method: 'POST',
    headers: { 'Idempotency-Key': idempotencyKey },
    body: pictureForm(picture, name, parameters),
  });

export const postStage1 = async (picture: Blob, name: string, parameters: ParameterValues, signal: AbortSignal) =>
  (await call('/api/v1/stage1', { method: 'POST', body: pictureForm(picture, name, parameters), signal })).blob();

export const postCaption = async (picture: Blob, name: string) =>
  (await json<{ caption: string }>('/api/v1/captions', { method: 'POST', body: pictureForm(picture, name, {}) })).caption;

export const postTiles = (picture: Blob, name: string, parameters: ParameterValues) =>
  json<TileList>('/api/v1/tiles', { method: 'POST', body: pictureForm(picture, name, parameters) });

export const cancelJob = (id: string) => call(`/api/v1/jobs/${id}`, { method: 'DELETE' });

export const deleteJob = (id: string) => call(`/api/v1/jobs/${id}?purge=true`, { method: 'DELETE' });

export const putFeedback = (id: string, feedback: Feedback) =>
  call(`/api/v1/jobs/${id}/feedback`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(feedback),
  });

export const getPicture = async (path: string) => (await call(path)).blob();

export type ResultFormat = 'png' | 'jpeg' | 'webp';

export const pathOf = {
  input: (id: string) => `/api/v1/jobs/${id}/input`,
  stage1: (id: string) => `/api/v1/jobs/${id}/stage1`,
  thumbnail: (id: string) => `/api/v1/jobs/${id}/thumbnail`,
  events: (id: string) => `/api/v1/jobs/${id}/events`,
  result: (id: string, sample: number, format: ResultFormat = 'png') => `/api/v1/jobs/${id}/result?sample=${sample}&format=${format}`,
};
