import type { FastifyRequest } from 'fastify';
import type { Sealing } from '../accounts/sealing.ts';
import { refuseOtherKey } from '../accounts/secret-key.ts';
import { Refusal } from '../refusal.ts';
import type { Store } from '../store/open.ts';
import { healthOfParts, healthy } from './answers.ts';
import { inTime } from './in-time.ts';
import { anybody, type Route } from './route.ts';

type Database = Pick<Store, 'read' | 'refuseMoved'>;

/** What tells whether the process runs, whether the database answers, and whether requests should be sent here. */
export const healthRoutes = (
  database: Database,
  sealing: Pick<Sealing, 'fingerprint'>,
  isStopping: () => boolean,
): Route[] => [
  anybody({
    method: 'GET',
    path: '/health',
    summary: 'Whether the process lives',
    answers: { 200: healthy },
    handle: async () => ({ status: 'ok' }),
  }),

  anybody({
    method: 'GET',
    path: '/health_check',
    summary: 'Whether each part works, for the web page',
    answers: { 200: healthOfParts, 503: healthOfParts },
    handle: async ({ request, reply }) => {
      if ((await answers(database, request)) && (await hasItsKey(database, sealing)))
        return { status: 'ok', chat: 'ok', db: 'ok' };
      reply.code(503);
      return { status: 'nok', chat: 'ok', db: 'error' };
    },
  }),

  anybody({
    method: 'GET',
    path: '/livez',
    summary: 'Liveness: whether the process lives',
    answers: { 200: healthy },
    handle: async () => ({ status: 'ok' }),
  }),

  anybody({
    method: 'GET',
    path: '/readyz',
    summary: 'Readiness: whether requests should be sent here',
    answers: { 200: healthy },
    refuses: ['server_stopping', 'database_silent', 'secret_key_outdated'],
    handle: async ({ request }) => {
      if (isStopping()) throw new Refusal('server_stopping');
      if (!(await answers(database, request))) throw new Refusal('database_silent');
      await refuseOtherKey(database.read.meta, sealing);
      return { status: 'ok' };
    },
  }),
];

/** Whether the database still has the key of this process: after a rotation nobody signs in here any more. */
const hasItsKey = async ({ read }: Database, sealing: Pick<Sealing, 'fingerprint'>): Promise<boolean> => {
  try {
    await refuseOtherKey(read.meta, sealing);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
};

/** Whether the database answers; the log is told why it does not. */
const answers = async ({ read, refuseMoved }: Database, { log }: FastifyRequest): Promise<boolean> => {
  try {
    await inTime(() => Promise.all([refuseMoved(), read.meta.get('secret_fingerprint')]));
    return true;
  } catch (error) {
    log.error({ err: error }, 'the database does not answer');
    return false;
  }
};
