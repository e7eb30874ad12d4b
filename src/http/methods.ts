import type { Route } from './route.ts';

/**
 * Which methods a path of the table answers to, for 405 and its Allow header (RFC 9110, section 15.5.6).
 * The function gives undefined for a path that is not in the table.
 */
export const methodsOf = (routes: readonly Route[]): ((path: string) => string | undefined) => {
  const byPath = Map.groupBy(routes, route => route.path);
  const table = [...byPath].map(([path, those]) => ({
    pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+').replace(/\/$/, '')}/?$`),
    // The server answers HEAD wherever it answers GET.
    methods: those.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', '),
  }));
  return path => table.find(({ pattern }) => pattern.test(path))?.methods;
};
