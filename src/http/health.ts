import { setTimeout } from 'node:timers/promises';
import type { Store } from '../store/open.ts';
import { anybody, type Route } from './route.ts';

/** A database that has not answered a point query by then, in milliseconds, serves nobody. */
const patience = 2000;

export const healthRoutes = (store: Pick<Store, 'read'>): Route[] => [
  anybody({ method: 'GET', path: '/health', handle: async () => ({ status: 'ok' }) }),

  anybody({
    method: 'GET',
    path: '/health_check',
    handle: async ({ request, reply }) => {
      try {
        await answers(store);
        return { status: 'ok', chat: 'ok', db: 'ok' };
      } catch (error) {
        request.log.error({ err: error }, 'the database does not answer');
        reply.code(503);
        return { status: 'nok', chat: 'ok', db: 'error' };
      }
    },
  }),
];

/** Throws where the database gives an error, or nothing in time. */
const answers = async (store: Pick<Store, 'read'>): Promise<void> => {
  const waiting = new AbortController();
  const tooLate = setTimeout(patience, undefined, { signal: waiting.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${patience} ms`);
  });
  try {
    await Promise.race([store.read.meta.get('secret_fingerprint'), tooLate]);
  } finally {
    tooLate.catch(() => {});
    waiting.abort();
  }
};
