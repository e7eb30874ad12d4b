import { connect } from 'node:net';
import { expect } from 'vitest';
import type { NewAccount } from '../../src/accounts/create-user.ts';
import { dashed } from '../../src/accounts/user-json.ts';
import { listen } from '../../src/http/listen.ts';
import { buildServer, type HttpNeeds } from '../../src/http/server.ts';
import type { User } from '../../src/store/users.ts';
import { createBrowserDoor } from '../../src/terminals/browser.ts';
import { createSessions, type SessionLimits } from '../../src/terminals/sessions.ts';
import { type OpenOptions, openAccounts, type TestProcess, usual } from './accounts.ts';
import { createDescriptionCheck } from './described.ts';

export type ServeOptions = OpenOptions & {
  server?: Partial<HttpNeeds['settings']>;
  limits?: HttpNeeds['limits'];
  /** How many consoles may be open. */
  consoles?: SessionLimits;
};

/** What a request sends, beside its method and path. */
export type Sends = {
  /** The username of who sends it, signed in by a bearer token; a guest where it is not given. */
  as?: string | undefined;
  json?: unknown;
  form?: Record<string, string>;
  body?: NonNullable<RequestInit['body']>;
  cookies?: Record<string, string>;
  headers?: Record<string, string>;
};

/** What no answer ever shows: hashes, the test's password, where the database is, what it says. */
const neverShown = ['$2b$', 'sealed:', usual, '/langinfra-', 'SQLITE', 'node_modules'];

/** On every answer, however it ends; what the API says is kept by nobody. */
const expectSafeHeaders = ({ url, headers }: Response): void => {
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain('default-src ');
  if (new URL(url).pathname.startsWith('/api/')) expect(headers.get('cache-control')).toBe('no-store');
};

const readAnswer = async (response: Response) => {
  const text = await response.text();
  for (const secret of neverShown) expect(text).not.toContain(secret);
  expectSafeHeaders(response);
  const json = response.headers.get('content-type')?.startsWith('application/json');
  const body = text !== '' && json ? JSON.parse(text) : undefined;
  const setCookies = response.headers.getSetCookie();
  return {
    status: response.status,
    headers: response.headers,
    text,
    // biome-ignore lint/suspicious/noExplicitAny: what a client gets has no type
    body: body as any,
    detail: body?.detail as unknown,
    /** The Set-Cookie lines. */
    setCookies,
    /** Their names and values. */
    cookies: Object.fromEntries(setCookies.map(line => line.split(';', 1)[0]?.split('=') ?? [])) as Record<
      string,
      string
    >,
  };
};

export type Answer = Awaited<ReturnType<typeof readAnswer>>;

/** A check of answers by what a client reads at /openapi.json: made once, because it is the same of every server. */
let describedCheck: Promise<ReturnType<typeof createDescriptionCheck>> | undefined;
const makeCheck = async (needs: HttpNeeds) => {
  const app = await buildServer(needs);
  const { body } = await app.inject({ url: '/openapi.json', headers: { host: 'localhost' } });
  await app.close();
  return createDescriptionCheck(JSON.parse(body));
};

/** A server on the rules of one process, listening on a free port of this machine. */
const serve = async (
  process: TestProcess,
  clock: () => Date,
  { server = {}, limits = {}, consoles }: Pick<ServeOptions, 'server' | 'limits' | 'consoles'>,
) => {
  const lines: string[] = [];
  const sessions = createSessions(consoles);
  const complaints: Error[] = [];
  const door = createBrowserDoor({
    accounts: process.accounts,
    sessions,
    complain: error => void complaints.push(error),
  });
  const settings = {
    ...process.settings,
    host: '127.0.0.1',
    port: 0,
    allowedHosts: undefined,
    corsOrigins: undefined,
    trustedProxies: undefined,
    logLevel: 'info' as const,
    ...server,
  };
  const log = { write: (line: string) => void lines.push(line) };
  // The tests of a file end sooner: most have nothing to do with how a server ends.
  const listening = await listen({
    ...process,
    settings,
    clock,
    log,
    door,
    limits: { drainTime: 0, ...limits },
  });
  const bearers = new Map<string, Promise<string>>();

  const call = async (what: string, sends: Sends = {}): Promise<Answer> => {
    const [method = '', path = ''] = what.split(' ');
    const headers = new Headers(sends.headers);
    if (sends.as) headers.set('authorization', `Bearer ${await bearerOf(sends.as)}`);
    if (sends.json !== undefined) headers.set('content-type', 'application/json');
    if (sends.cookies) {
      const pairs = Object.entries(sends.cookies).map(([name, value]) => `${name}=${value}`);
      headers.set('cookie', pairs.join('; '));
    }
    const body =
      sends.json !== undefined
        ? JSON.stringify(sends.json)
        : sends.form
          ? new URLSearchParams(sends.form)
          : (sends.body ?? null);
    const answer = await readAnswer(await fetch(listening.url + path, { method, headers, body }));
    describedCheck ??= makeCheck({ ...process, settings, clock, door, log: { write: () => {} } });
    const whatIsWrong = await describedCheck;
    const contentType = answer.headers.get('content-type');
    expect(
      whatIsWrong(method, path, { ...answer, contentType }),
      `${what} is not as /openapi.json says`,
    ).toBeUndefined();
    return answer;
  };
  const login = (username: string, password = usual): Promise<Answer> =>
    call('POST /api/v1/login', { form: { username, password } });
  const bearerOf = (username: string): Promise<string> => {
    const known = bearers.get(username) ?? login(username).then(({ body }) => body.access_token as string);
    bearers.set(username, known);
    return known;
  };

  return {
    url: listening.url,
    port: Number(new URL(listening.url).port),
    close: async () => {
      door.stop();
      await Promise.all([sessions.closeAll(), listening.close()]);
    },
    /** The consoles that pages show, and what broke in them. */
    door,
    complaints,
    /** The lines of the log, parsed. */
    logged: () => lines.map(line => JSON.parse(line)),
    /** The log as it is written. */
    log: () => lines.join(''),
    call,
    login,
    /** The access token of a user, who signs in the first time it is asked for. */
    bearerOf,
    /** Sends the bytes as they are and gives what comes back until the server hangs up. */
    raw: (bytes: string | Buffer) => exchange(Number(new URL(listening.url).port), bytes),
  };
};

export type TestServer = Awaited<ReturnType<typeof serve>>;

const exchange = (port: number, bytes: string | Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', more => {
      text += more;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', error => (text === '' ? reject(error) : resolve(text)));
  });

/**
 * Headless mode on a new database with root (a superuser), ada and bob; all have the usual password.
 * `await using` closes and removes everything.
 */
export const openServer = async (options: ServeOptions = {}) => {
  const world = await openAccounts(options);
  const server = await serve(world, world.clock, options);
  const servers = [server];
  const ids: Record<string, string> = {};
  const add = async (username: string, more: Partial<NewAccount> = {}): Promise<User> => {
    const user = await world.add(username, more);
    // No two are made at one moment: the list is in the order in which they were added.
    world.pass(1);
    ids[username] = dashed(user.id);
    return user;
  };
  await add('root', { isSuperuser: true });
  await add('ada');
  await add('bob');

  return {
    ...world,
    ...server,
    add,
    /** The dashed ids of those who were added, by name. */
    ids,
    /** A server of another process on the same database. */
    anotherServer: async (others: ServeOptions = {}): Promise<TestServer> => {
      const another = await serve(await world.another(others), world.clock, others);
      servers.push(another);
      return another;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map(({ close }) => close()));
      await world[Symbol.asyncDispose]();
    },
  };
};

export type TestHttp = Awaited<ReturnType<typeof openServer>>;

/** What an answer must be. `shows` and `hides` are about the whole text of the body. */
export type Expected = {
  status: number;
  detail?: string;
  shows?: readonly string[];
  hides?: readonly string[];
};

export const expectAnswer = (answer: Answer, { status, detail, shows = [], hides = [] }: Expected): void => {
  expect({ status: answer.status, ...(detail !== undefined && { detail: answer.detail }) }).toEqual({
    status,
    ...(detail !== undefined && { detail }),
  });
  for (const text of shows) expect(answer.text).toContain(text);
  for (const text of hides) expect(answer.text).not.toContain(text);
  // RFC 9110: a 401 says how to do better.
  expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
};

/** The sentences that API.md fixes. */
export const said = {
  nothingSent: 'An API key must be passed as query or header',
  badKey: 'Invalid or missing API key',
  badToken: 'Could not validate credentials',
  nobody: 'User not found or is inactive.',
  superuserNeeded: "The user doesn't have enough privileges",
  denied: 'Permission denied',
  badRefresh: 'Invalid refresh token',
  otherSite: 'This request came from another site',
  currentMissing:
    'Your current password is needed too (current_password), unless you have just signed in with it',
  badLogin: 'Incorrect username or password',
} as const;

/** Waits until nobody listens there any more. */
export const expectNobodyThere = (url: string): Promise<void> =>
  expect
    .poll(() =>
      fetch(`${url}/health`).then(
        () => 'answered',
        () => 'refused',
      ),
    )
    .toBe('refused');
