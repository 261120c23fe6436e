import type { JobProgress, JobStatus } from '../../api/types';

export const statusWords: Record<JobStatus, string> = {
  queued: 'waiting',
  running: 'being restored',
  succeeded: 'restored',
  failed: 'failed',
  cancelled: 'cancelled',
};

const stageWords: Record<string, string> = {
  load: 'Loading the model',
  text: 'Reading the words',
  encode: 'Looking at the picture',
  stage1: 'Stage 1: taking noise and compression away',
  sample: 'Stage 2: painting the detail back',
  decode: 'Turning it into a picture',
  finish: 'Matching the colours',
};

export function stageOf(progress: JobProgress | null): string {
  return progress === null ? 'Getting ready' : (stageWords[progress.stage] ?? progress.stage);
}

/** “step 12 of 50”; nothing for a stage without steps. */
export function stepOf(progress: JobProgress | null): string {
  return progress === null || progress.steps < 2 ? '' : `step ${Math.min(progress.step + 1, progress.steps)} of ${progress.steps}`;
}

/** A duration as people say it. */
export function durationWords(seconds: number): string {
  if (seconds < 60) {
    return `${Math.max(1, Math.round(seconds))} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function timeLeft(progress: JobProgress | null): string {
  if (progress?.secondsLeft === null || progress?.secondsLeft === undefined) {
    return '';
  }
  return progress.secondsLeft < 3 ? 'nearly done' : `about ${durationWords(progress.secondsLeft)} left`;
}
