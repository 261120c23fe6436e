import { expect, it } from 'vitest';
import { hashOf, routeOf, type Route } from './route';

it('finds every page again that it names', () => {
  const routes: Route[] = [{ page: 'desk' }, { page: 'history' }, { page: 'job', id: 'a b/c' }];
  expect(routes.map((route) => routeOf(hashOf(route)))).toEqual(routes);
  expect(routeOf('#/nowhere')).toEqual({ page: 'desk' });
});
