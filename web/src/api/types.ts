import type { components } from './schema';

type Schemas = components['schemas'];

export type JobStatus = Schemas['JobStatus'];
export type JobProgress = Schemas['JobProgress'];
export type JobPreview = Schemas['JobPreview'];
export type JobStatusChange = Schemas['JobStatusChange'];
export type Feedback = Schemas['Feedback'];
export type Health = Schemas['Health'];
export type ModelInfo = Schemas['ModelInfo'];
export type DeviceInfo = Schemas['DeviceInfo'];
export type CaptionerInfo = Schemas['CaptionerInfo'];
export type JobSummary = Schemas['JobSummary'];
export type JobList = Schemas['JobList'];
export type TileList = Schemas['TileList'];

/** The document leaves parameters open: each has the type that /parameters gives. */
export type ParameterValue = string | number | boolean | string[] | null;
export type ParameterValues = Record<string, ParameterValue>;
export type Job = Omit<Schemas['Job'], 'parameters' | 'used'> & { parameters: ParameterValues; used: ParameterValues };
export type ParameterInfo = Omit<Schemas['ParameterInfo'], 'default'> & { default: ParameterValue };
export type PresetInfo = Omit<Schemas['PresetInfo'], 'values'> & { values: ParameterValues };
export interface PresetList {
  presets: PresetInfo[];
  dial: ParameterValues[];
}
