export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type ParameterValue = string | number | boolean | string[] | null;
export type ParameterValues = Record<string, ParameterValue>;
export interface Health { status: string; version: string; device: string | null; model: string; queue: { queued: number; running: number }; needsKey: boolean }
export interface ModelInfo { id: string; name: string; variants: string[]; ready: boolean; missing: string | null; notice: string | null; tiled: boolean; steps: number; isDefault: boolean }
export interface DeviceInfo { id: string; name: string; isDefault: boolean }
export interface PresetInfo { id: string; name: string; description: string; values: ParameterValues }
export interface PresetList { presets: PresetInfo[]; dial: ParameterValues[] }
export interface ParameterInfo { name: string; group: string; label: string; meaning: string; type: string; default: ParameterValue; min: number | null; max: number | null; step: number | null; choices: string[] | null; advanced: boolean }
export interface CaptionerInfo { available: boolean; name: string | null; reason: string | null }
export interface TileList { width: number; height: number; tiles: { x: number; y: number; width: number; height: number }[] }
export interface JobProgress { fraction: number; stage: string; step: number; steps: number; secondsLeft: number | null }
export interface JobPreview { jpeg: string; stage: string; step: number }
export interface JobStatusChange { status: JobStatus; queuePosition: number | null; error: string | null }
export interface Feedback { score: number; text: string | null }
export interface JobSummary { id: string; status: JobStatus; name: string; createdAt: string; startedAt: string | null; finishedAt: string | null; model: string; caption: string; samples: number; width: number; height: number; priority: number; queuePosition: number | null; progress: JobProgress | null; error: string | null; feedback: Feedback | null }
export interface Job extends JobSummary { parameters: ParameterValues; used: ParameterValues; device: string | null; inputWidth: number; inputHeight: number }
export interface JobList { jobs: JobSummary[]; next: string | null }
