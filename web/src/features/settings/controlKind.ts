import type { ParameterInfo } from '../../api/types';

/** Words of so many letters together stand beside each other; more are in a list. */
const longestSegments = 20;

/** Whether a parameter is chosen by buttons that name themselves, and so needs no label of its own. */
export function isSegmented({ type, choices }: ParameterInfo): boolean {
  return type === 'choice' && (choices ?? []).join('').length <= longestSegments;
}
