import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { Refusal } from '../refusal.ts';
import { plainText } from './answers.ts';
import { inTime } from './in-time.ts';
import { createLoopDelay } from './loop-delay.ts';
import { contentType, createCounter, type Family, prometheusText, type Sample } from './prometheus.ts';
import { anybody, type Route } from './route.ts';

/** Requests for paths that are not there: a label for each would let anybody fill the memory. */
const unknownRoute = 'unknown';

export type Metrics = ReturnType<typeof createMetrics>;

/** What the server counts of its own work. No label holds anything that a client chose, but for HTTP's own methods. */
export const createMetrics = () => {
  const requests = createCounter<{ route: string; method: string; status: string }>();
  const signIns = createCounter<{ outcome: string }>();
  const loopDelay = createLoopDelay();
  return {
    countRequest: ({ method, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): void =>
      requests.add({ route: routeOptions.url ?? unknownRoute, method, status: String(statusCode) }),

    /**
     * Counts a sign-in by how it ends: well, or with the code of a refusal. Gives and throws what it does. One that
     * gives nothing was none: automatic sign-in is off.
     */
    countSignIn: async <T>(signIn: Promise<T>): Promise<T> => {
      try {
        const signedIn = await signIn;
        if (signedIn) signIns.add({ outcome: 'success' });
        return signedIn;
      } catch (error) {
        signIns.add({ outcome: error instanceof Refusal ? error.code : 'error' });
        throw error;
      }
    },

    /** All of it. `loopDelay` begins anew with each reading. */
    read: () => ({ requests: requests.samples(), signIns: signIns.samples(), loopDelay: loopDelay.read() }),

    stop: loopDelay.stop,
  };
};

/** `browserConsoles` counts the consoles that pages show, where there is such a door. */
export const metricsRoutes = (
  accounts: Accounts,
  metrics: Metrics,
  browserConsoles?: () => number,
): Route[] => {
  let counting: Promise<number> | undefined;
  /** However many ask at the same time, the sessions are counted once. */
  const countSessions = (): Promise<number> => {
    counting ??= inTime(accounts.sessions.countOpen).finally(() => {
      counting = undefined;
    });
    return counting;
  };

  /** None where the database does not answer: the rest is worth the more then. */
  const openSessions = async ({ log }: FastifyRequest): Promise<Sample[]> => {
    try {
      return [{ value: await countSessions() }];
    } catch (error) {
      log.error({ err: error }, 'the open sessions cannot be counted');
      return [];
    }
  };

  return [
    anybody({
      method: 'GET',
      path: '/metrics',
      summary: 'What the server counts of its own work, as Prometheus text',
      answers: { 200: plainText },
      handle: async ({ request, reply }) => {
        const sessions = await openSessions(request);
        const { running, waiting } = accounts.hashing();
        const { requests, signIns, loopDelay } = metrics.read();
        reply.header('content-type', contentType);
        return prometheusText([
          counter('http_requests', 'Requests that were answered.', requests),
          counter('sign_ins', 'Sign-ins over HTTP, by how they ended.', signIns),
          gauge('hashes_running', 'Passwords that are being hashed.', [{ value: running }]),
          gauge('hashes_waiting', 'Passwords that wait to be hashed.', [{ value: waiting }]),
          gauge('open_sessions', 'Sessions that are open, of the console, too.', sessions),
          ...(browserConsoles
            ? [
                gauge('browser_consoles', 'Consoles that are open in a browser.', [
                  { value: browserConsoles() },
                ]),
              ]
            : []),
          {
            name: 'langinfra_event_loop_delay_seconds',
            type: 'summary',
            help: 'How late the event loop came since the last reading of this page.',
            samples: loopDelay,
          },
        ]);
      },
    }),
  ];
};

const counter = (name: string, help: string, samples: Sample[]): Family => ({
  name: `langinfra_${name}_total`,
  type: 'counter',
  help,
  samples,
});

const gauge = (name: string, help: string, samples: Sample[]): Family => ({
  name: `langinfra_${name}`,
  type: 'gauge',
  help,
  samples,
});
