import { useSyncExternalStore } from 'react';
import { isKeyWanted, onKeyWanted, wantKey } from '../../api/apiKey';

/** Whether a call was refused for want of a key, and a way to put the question off. */
export function useKeyNeeded() {
  return { isNeeded: useSyncExternalStore(onKeyWanted, isKeyWanted), close: () => wantKey(false) };
}
