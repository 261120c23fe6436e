const storageName = 'supir-key';
const listeners = new Set<() => void>();
let wanted = false;

/** The key that calls show; kept for as long as the tab is open, and in no file. */
export function apiKey(): string | null {
  return sessionStorage.getItem(storageName);
}

export function setApiKey(key: string): void {
  sessionStorage.setItem(storageName, key);
  wantKey(false);
}

/** Whether a call was refused for want of a key that counts. */
export function isKeyWanted(): boolean {
  return wanted;
}

export function wantKey(isWanted: boolean): void {
  if (wanted !== isWanted) {
    wanted = isWanted;
    listeners.forEach((listener) => listener());
  }
}

export function onKeyWanted(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
