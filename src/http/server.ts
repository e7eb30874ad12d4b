import { setTimeout } from 'node:timers/promises';
import cookie from '@fastify/cookie';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import type { Sealing } from '../accounts/sealing.ts';
import { createTokens } from '../accounts/tokens.ts';
import { dashed } from '../accounts/user-json.ts';
import { Refusal } from '../refusal.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../store/open.ts';
import { printable } from '../text.ts';
import { adminRoutes } from './admin.ts';
import {
  addSocketRoute,
  type ConsoleDoor,
  type SocketLimits,
  socketPath,
  usualSocketLimits,
} from './admin-socket.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { bodyLimit, readBodies } from './bodies.ts';
import { clientAddress, createRequestId, createTrust } from './clients.ts';
import { type Cors, createCors } from './cors.ts';
import { docsRoutes } from './docs.ts';
import { answerClientError, answerError } from './errors.ts';
import { originForm, refuseDoubtful } from './framing.ts';
import { createGuards } from './guards.ts';
import { headersOfAll } from './headers.ts';
import { healthRoutes } from './health.ts';
import { createHostCheck, refuseOtherOrigins } from './hosts.ts';
import { loginRoutes } from './login.ts';
import { methodsOf } from './methods.ts';
import { createMetrics, metricsRoutes } from './metrics.ts';
import { newUserRoutes } from './new-user.ts';
import { createNodeServer, type Limits, limitConnections, usualLimits } from './node-server.ts';
import type { BodyKind, Route } from './route.ts';
import { checkShape } from './schemas.ts';
import { createTurns } from './turns.ts';
import { createUpgrades } from './upgrades.ts';
import { userRoutes } from './users.ts';
import { workspaceRoutes } from './workspace.ts';

/** What the server works with. A World has all of it. */
export type HttpNeeds = {
  accounts: Accounts;
  store: Store;
  sealing: Pick<Sealing, 'tokenKey' | 'fingerprint'>;
  settings: Pick<
    Settings,
    | 'host'
    | 'allowedHosts'
    | 'corsOrigins'
    | 'trustedProxies'
    | 'logLevel'
    | 'autoLogin'
    | 'accessTokenSeconds'
  > & {
    /** 0: any free port. */
    readonly port: number;
  };
  clock?: () => Date;
  /** Where the log goes, one line of JSON at a time; standard error where it is not given. */
  log?: { write: (line: string) => void };
  /** What clients may take, where it is not the usual. */
  limits?: Partial<Limits & SocketLimits>;
  /** Whoever keeps the consoles of the page /admin. Without, there is no such page. */
  door?: ConsoleDoor;
};

/** The log shows no more of a path, in characters: a client may send 16 KiB of it. */
const longestPath = 200;

/** By the name that the error gives itself: that of its class is a letter in the built program. */
const describedError = (error: Error) => ({
  type: error.name,
  message: error.message,
  stack: error.stack ?? '',
});

/** What somebody may have put into a path by mistake: an API key, a token. */
const looksSecret = /\bsk-[\w-]+|\beyJ[\w.-]+/g;

/** The router takes what follows a # for the query, too. */
const pathOf = ({ url }: FastifyRequest): string => url.split(/[?#]/, 1)[0] ?? '';

/** Headless mode's server, with all its routes; it does not listen yet. */
export const buildServer = async (needs: HttpNeeds): Promise<FastifyInstance> => {
  const { accounts, store, settings } = needs;
  const clock = needs.clock ?? (() => new Date());
  const { saw } = accounts.sessions;
  const tokens = createTokens({
    tokenKey: needs.sealing.tokenKey,
    settings,
    store,
    clock,
    saw,
    onReuse: accounts.audit.tokenReused,
  });
  const metrics = createMetrics();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const turns = createTurns();
  const limits = { ...usualLimits(), ...usualSocketLimits, ...needs.limits };
  const { door } = needs;
  const upgrades = door && createUpgrades(socketPath);
  const guards = createGuards({ tokens, apiKeys: accounts.apiKeys, audit: accounts.audit });
  const cors = createCors(settings.corsOrigins);
  const trusts = createTrust(settings.trustedProxies);
  const routes: Route[] = [
    ...loginRoutes(accounts, tokens, metrics, refuseOtherOrigins(cors.isAllowed), stopping.signal),
    ...userRoutes(accounts, guards, stopping.signal),
    ...apiKeyRoutes(accounts, guards),
    ...newUserRoutes(accounts, guards, stopping.signal),
    ...workspaceRoutes(accounts, guards),
    ...healthRoutes(store, needs.sealing, isStopping),
    ...metricsRoutes(accounts, metrics, door?.count),
    ...docsRoutes(() => routes),
    ...(door ? adminRoutes() : []),
  ];

  // What a line would tell is not even looked up where there is none.
  const logsRequests = ['trace', 'debug', 'info'].includes(settings.logLevel);
  const answered = (request: FastifyRequest, reply: FastifyReply): void => {
    metrics.countRequest(request, reply);
    if (logsRequests) logRequest(request, reply);
  };

  const app = fastify({
    logger: {
      level: settings.logLevel,
      stream: needs.log ?? process.stderr,
      serializers: { err: describedError },
    },
    // Its lines hold the query, which may hold an API key.
    logController: new LogController({ disableRequestLogging: true }),
    // With it the host of a request would be what X-Forwarded-Host says: the checks read the Host header itself.
    trustProxy: trusts,
    genReqId: createRequestId(trusts),
    bodyLimit,
    serverFactory: handle => createNodeServer(turns.inTurn, handle, limits, upgrades),
    rewriteUrl: originForm,
    // As long as a header can be: an id of any length gets the answer of a wrong id.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    // Requests on connections that are still open get their answer while the server closes.
    return503OnClosing: false,
    // Zod checks what comes in and nothing shapes what goes out, so ajv and its companion need not be loaded.
    schemaController: {
      compilersFactory: {
        buildValidator: () => checkShape as never,
        buildSerializer: () => () => JSON.stringify,
      },
    },
    frameworkErrors: (error, request, reply) => {
      addHeadersOfAll(request, reply);
      answerError(error, request, reply);
      answered(request, reply);
    },
    clientErrorHandler: (error, socket) => turns.close(socket, () => answerClientError(error, socket)),
  });
  limitConnections(app.server, limits, app.log);
  app.setErrorHandler(answerError);
  app.decorateRequest('asking', null);
  await app.register(cookie);
  // The server goes on listening meanwhile.
  app.addHook('preClose', async () => {
    stopping.abort(new Refusal('server_stopping'));
    await setTimeout(limits.drainTime);
  });
  app.addHook('onClose', async () => {
    metrics.stop();
    tokens.close();
  });
  judgeFirst(app, createHostCheck(settings), cors, methodsOf(routes));
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping()) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => answered(request, reply));
  for (const kind of ['nothing', 'form', 'json'] as const) await addRoutes(app, routes, kind);
  if (door && upgrades) {
    const sockets = addSocketRoute(app, { door, upgrades, limits, answered });
    app.addHook('preClose', sockets.closeAll);
  }
  return app;
};

const addHeadersOfAll = ({ id }: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.headers({ ...headersOfAll, 'x-request-id': id });

const judgeFirst = (
  app: FastifyInstance,
  checkHost: (request: FastifyRequest) => Promise<void>,
  cors: Cors,
  methodsAt: (path: string) => string | undefined,
): void => {
  app.addHook('onRequest', async (request, reply) => {
    addHeadersOfAll(request, reply);
    await refuseDoubtful(request, reply);
    await checkHost(request);
    cors.allow(request, reply);
    // Here, so that the body of a request that goes nowhere is not even read.
    const path = pathOf(request);
    // To fastify `/users//` is a user whose id is empty.
    if (!request.is404 && !path.includes('//')) return;
    const methods = methodsAt(path);
    if (methods === undefined) throw new Refusal('no_such_path');
    reply.header('allow', methods);
    if (cors.isPreflight(request)) return cors.answerPreflight(reply, methods);
    throw new Refusal('wrong_method');
  });
};

const logRequest = (request: FastifyRequest, reply: FastifyReply): void => {
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  const path = printable(pathOf(request).slice(0, longestPath)).replace(looksSecret, '***');
  const { method, log, asking } = request;
  const who = { address: clientAddress(request), ...(asking && { user: dashed(asking.user.id) }) };
  log.info({ method, path, status: reply.statusCode, ms, ...who }, 'request');
};

/** The routes that take one kind of body. */
const addRoutes = async (app: FastifyInstance, routes: readonly Route[], kind: BodyKind): Promise<void> => {
  await app.register(async scope => {
    await readBodies[kind](scope);
    for (const { method, path, shapes, guard, handle, takes } of routes) {
      if (takes !== kind) continue;
      const { query, ...others } = shapes;
      const schema = { ...others, ...(query && { querystring: query }) };
      scope.route({ method, url: path, schema, ...(guard && { onRequest: guard.check }), handler: handle });
    }
  });
};
