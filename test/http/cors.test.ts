import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answer,
  expectAnswer,
  openServer,
  said,
  type TestHttp,
  type TestServer,
} from '../support/http.ts';

const app = 'https://app.example.org';
const dev = 'http://localhost:3000';

let t: TestHttp;
let off: TestServer;
beforeAll(async () => {
  t = await openServer({ server: { corsOrigins: [app, dev] } });
  off = await t.anotherServer();
});
afterAll(() => t[Symbol.asyncDispose]());

/** The headers of an answer that are about other origins. */
const corsOf = ({ headers }: Answer) =>
  Object.fromEntries([...headers].filter(([name]) => name === 'vary' || name.startsWith('access-control-')));
const allowed = (origin: string) => ({
  vary: 'Origin',
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'retry-after, www-authenticate, x-request-id',
});

const whatever: [what: string, status: number][] = [
  ['GET /health', 200],
  ['GET /api/v1/users/whoami', 403],
  ['POST /api/v1/login', 422],
  ['GET /nope', 404],
  ['PUT /health', 405],
];

describe('a page of an allowed origin may read the answer', () => {
  test.each(whatever)('%s, %i', async (what, status) => {
    for (const origin of [app, dev]) {
      const answer = await t.call(what, { headers: { origin } });
      expect(answer.status).toBe(status);
      expect(corsOf(answer)).toEqual(allowed(origin));
    }
  });

  test('that it gets with a token', async () => {
    const answer = await t.call('GET /api/v1/users/whoami', { as: 'ada', headers: { origin: app } });
    expectAnswer(answer, { status: 200, shows: ['"ada"'] });
    expect(corsOf(answer)).toEqual(allowed(app));
  });
});

describe('any other page may not', () => {
  const others = [
    'https://evil.example',
    'https://app.example.org.evil.example',
    'https://evil.example/https://app.example.org',
    'https://sub.app.example.org',
    'http://app.example.org',
    'https://app.example.org:8443',
    'https://APP.example.org',
    'https://app.example.org/',
    `${app}, ${app}`,
    '*',
    'null',
    '',
  ];
  test.each(others)('of the origin %j', async origin => {
    for (const [what, status] of whatever) {
      const answer = await t.call(what, { headers: { origin } });
      expect(answer.status).toBe(status);
      expect(corsOf(answer)).toEqual({ vary: 'Origin' });
    }
  });

  test('where no origin is named: programs', async () => {
    expect(corsOf(await t.call('GET /health'))).toEqual({ vary: 'Origin' });
  });
});

describe('the question of a browser before a request', () => {
  const ask = (server: TestServer, path: string, origin: string, method = 'PATCH') => {
    const headers = { origin, 'access-control-request-method': method };
    return server.call(`OPTIONS ${path}`, { headers });
  };
  const preflight = (origin: string, methods: string) => ({
    ...allowed(origin),
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'authorization, content-type, x-api-key',
    'access-control-max-age': '600',
  });

  test.each([
    ['/api/v1/login', 'POST'],
    ['/api/v1/users/', 'GET, HEAD, POST'],
    ['/api/v1/users', 'GET, HEAD, POST'],
    ['/api/v1/users/00000000-0000-4000-8000-000000000000', 'GET, HEAD, PATCH, DELETE'],
    ['/api/v1/users/whoami', 'GET, HEAD'],
  ])('%s is answered with its methods, without signing in', async (path, methods) => {
    const answer = await ask(t, path, app);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(corsOf(answer)).toEqual(preflight(app, methods));
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('for a page of another origin is answered like any wrong method', async () => {
    const answer = await ask(t, '/api/v1/login', 'https://evil.example');
    expectAnswer(answer, { status: 405, detail: 'Method Not Allowed' });
    expect(corsOf(answer)).toEqual({ vary: 'Origin' });
  });

  test('for a path that is not there is answered so', async () => {
    expectAnswer(await ask(t, '/nope', app), { status: 404, detail: 'Not Found' });
  });

  test('must say which method it is about', async () => {
    const answer = await t.call('OPTIONS /api/v1/login', { headers: { origin: app } });
    expectAnswer(answer, { status: 405, detail: 'Method Not Allowed' });
  });

  test('for a host name that is not ours is refused first', async () => {
    const lines = [`Origin: ${app}`, 'Access-Control-Request-Method: POST', 'Connection: close'];
    const head = `OPTIONS /api/v1/login HTTP/1.1\r\nHost: evil.example\r\n${lines.join('\r\n')}\r\n\r\n`;
    const text = await t.raw(head);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text.toLowerCase()).not.toContain('access-control-');
  });

  test('is nothing that a server knows where no origins are allowed', async () => {
    const answer = await ask(off, '/api/v1/login', app);
    expectAnswer(answer, { status: 405, detail: 'Method Not Allowed' });
    expect(corsOf(answer)).toEqual({});
  });
});

test('without the setting no answer says a word of it', async () => {
  for (const origin of [app, `http://127.0.0.1:${off.port}`, 'null']) {
    for (const [what] of whatever) expect(corsOf(await off.call(what, { headers: { origin } }))).toEqual({});
  }
  const none = await t.anotherServer({ server: { corsOrigins: [] } });
  expect(corsOf(await none.call('GET /health', { headers: { origin: app } }))).toEqual({});
});

describe.each(['/api/v1/refresh', '/api/v1/logout'])('%s with the cookie', path => {
  const from = async (server: TestServer, origin: string) => {
    const { cookies } = await server.login('ada');
    return server.call(`POST ${path}`, { cookies, headers: { origin } });
  };

  test('is open to a page of an allowed origin, and to our own', async () => {
    const answer = await from(t, app);
    expect(answer.status).toBe(200);
    expect(corsOf(answer)).toEqual(allowed(app));
    expect(answer.setCookies).toHaveLength(3);
    expect((await from(t, `http://127.0.0.1:${t.port}`)).status).toBe(200);
  });

  test('is refused to a page of any other', async () => {
    for (const origin of ['https://evil.example', 'https://sub.app.example.org', 'null']) {
      expectAnswer(await from(t, origin), { status: 403, detail: said.otherSite });
    }
    expectAnswer(await from(off, app), { status: 403, detail: said.otherSite });
  });
});
