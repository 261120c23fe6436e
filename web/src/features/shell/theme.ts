export type Theme = 'system' | 'light' | 'dark';

const storageName = 'supir-theme';

export function storedTheme(): Theme {
  const stored = localStorage.getItem(storageName);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Shows the page in a theme; the system's own choice needs no mark. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(storageName, theme);
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}
