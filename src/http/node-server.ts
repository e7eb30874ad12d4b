import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { Upgrades } from './upgrades.ts';

/** What clients may take of the server. The times are in milliseconds. */
export type Limits = {
  /** The headers of a request must have arrived by then: from its first byte, or from when the client connected. */
  headersTime: number;
  /** And all of the request by then. */
  requestTime: number;
  /** A client that takes no byte of its answer for so long is gone. */
  stalledTime: number;
  /** A connection without a request stays open for so long after the last one; longer than usual proxies keep theirs. */
  idleTime: number;
  connections: number;
  /**
   * Before the server stops listening it answers for so long, saying on each connection that this was the last one. A proxy
   * sends its next request elsewhere then; one that found its connection cut would not know whether it had been heard.
   */
  drainTime: number;
};

/**
 * A connection that only waits takes some 11 KB: all of them together 180 MB. Whoever comes after the last one is hung
 * up on.
 */
const mostConnections = 16_384;
/** Files that are left for the database, its sorting, the threads that hash, and the log. */
const otherFiles = 256;

/** So often, in milliseconds, Node looks for clients that have used up their time. Its usual 30 s would double ours. */
const lookEvery = 1000;
/** No more often than this, in milliseconds, the log is told that connections are turned away. */
const complainEvery = 10_000;

/** How many files this process may have open; undefined where the system does not tell. */
const mostFiles = (): number | undefined => {
  try {
    // Node has raised the soft limit to the hard one.
    const limit = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
};

/** Without a file to spare nobody could be answered: a connection that opens a part of the database later needs one. */
const connectionsThatFit = (): number => {
  const files = mostFiles();
  if (files === undefined) return mostConnections;
  return Math.min(mostConnections, Math.max(files - otherFiles, Math.floor(files / 2)));
};

export const usualLimits = (): Limits => ({
  headersTime: 10_000,
  requestTime: 30_000,
  stalledTime: 30_000,
  idleTime: 72_000,
  connections: connectionsThatFit(),
  drainTime: 300,
});

/**
 * The HTTP server of Node with its times set. Of each request it emits `turn`, with the response, when its handling
 * begins; those that ask for a WebSocket have none.
 */
export const createNodeServer = (
  inTurn: (handle: RequestListener) => RequestListener,
  handle: RequestListener,
  { headersTime, requestTime, idleTime, stalledTime }: Limits,
  upgrades?: Upgrades,
): Server => {
  const server: Server = createServer(
    {
      // A request without a Host header gets our answer, not the bare one of node:http.
      requireHostHeader: false,
      // Node would drop a second Host, Authorization or Content-Type unseen: a proxy may go by that one.
      joinDuplicateHeaders: true,
      headersTimeout: headersTime,
      requestTimeout: requestTime,
      keepAliveTimeout: idleTime,
      connectionsCheckingInterval: lookEvery,
      ...(upgrades && { shouldUpgradeCallback: upgrades.isOne }),
    },
    inTurn((request, response) => {
      server.emit('turn', response);
      hangUpWhenStalled(response);
      handle(request, response);
    }),
  );
  // Some versions of Node leave out what comes after the usual most, unseen. How many there are is checked later.
  server.maxHeadersCount = 0;
  if (upgrades) server.on('upgrade', upgrades.listener(handle));
  // An expectation that nobody can meet gets our answer as well.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  // A client may say that it has sent everything and still wait for the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.setTimeout(stalledTime);
  return server;
};

/** The time is over without a byte in either direction. A request that waits for us, say to be hashed, goes on. */
const hangUpWhenStalled = (response: ServerResponse): void => {
  response.on('timeout', socket => {
    if (socket.writableLength > 0) socket.destroy();
  });
};

/** Turns away whoever comes when so many are connected, and lets the log know that it happens. */
export const limitConnections = (
  server: Server,
  { connections }: Limits,
  log: Pick<FastifyBaseLogger, 'warn'>,
): void => {
  server.maxConnections = connections;
  const seldom = createSeldom();
  server.on('drop', () =>
    seldom(() => {
      // Those that have been served and wait for their client's next idea.
      server.closeIdleConnections();
      log.warn({ most: connections }, 'too many connections: new ones are closed');
    }),
  );
  server.on('listening', () => {
    // The system may have no memory for one connection more, which is no reason to end the others.
    server.on('error', error => seldom(() => log.warn({ err: error }, 'a connection could not be taken')));
  });
};

/** Does something only when it was not done a moment ago. */
const createSeldom = () => {
  let last = Number.NEGATIVE_INFINITY;
  return (work: () => void): void => {
    if (performance.now() - last < complainEvery) return;
    last = performance.now();
    work();
  };
};
