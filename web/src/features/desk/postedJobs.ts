const storageName = 'supir-posted';
const mostRemembered = 100;

/** Jobs that this browser posted, newest last; so that their pictures lie on the desk again after a reload. */
export function postedJobs(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageName) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberPosted(id: string): void {
  localStorage.setItem(storageName, JSON.stringify([...postedJobs(), id].slice(-mostRemembered)));
}
