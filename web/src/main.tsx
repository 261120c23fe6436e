import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/newsreader/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Tooltip } from 'radix-ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api/problem';
import { App } from './App';
import { ToastProvider } from './components/Toasts';
import { DeskProvider } from './features/desk/DeskContext';
import { SettingsProvider } from './features/settings/SettingsContext';
import { applyTheme, storedTheme } from './features/shell/theme';

applyTheme(storedTheme());

const client = new QueryClient({
  defaultOptions: {
    // What the program refuses, it refuses again; only a lost connection is worth another try.
    queries: { retry: (count, error) => count < 2 && !(error instanceof ApiProblem), refetchOnWindowFocus: false },
  },
});

const root = document.getElementById('root');
if (root === null) {
  throw new Error('The page has no element "root".');
}
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Tooltip.Provider delayDuration={400}>
        <ToastProvider>
          <SettingsProvider>
            <DeskProvider>
              <App />
            </DeskProvider>
          </SettingsProvider>
        </ToastProvider>
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
);
