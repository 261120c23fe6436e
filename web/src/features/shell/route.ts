import { useSyncExternalStore } from 'react';

export type Route = { page: 'desk' } | { page: 'history' } | { page: 'job'; id: string };

/** Pages are named behind the #, so that the program has to know none of them. */
export function hashOf(route: Route): string {
  switch (route.page) {
    case 'desk':
      return '#/';
    case 'history':
      return '#/history';
    case 'job':
      return `#/history/${encodeURIComponent(route.id)}`;
  }
}

export function routeOf(hash: string): Route {
  const [page, id] = hash.replace(/^#\/?/, '').split('/');
  if (page !== 'history') {
    return { page: 'desk' };
  }
  return id === undefined || id === '' ? { page: 'history' } : { page: 'job', id: decodeURIComponent(id) };
}

export function goTo(route: Route): void {
  window.location.hash = hashOf(route);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (onChange) => {
      window.addEventListener('hashchange', onChange);
      return () => window.removeEventListener('hashchange', onChange);
    },
    () => window.location.hash,
  );
  return routeOf(hash);
}
