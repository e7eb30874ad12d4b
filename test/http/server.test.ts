import { statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAnswer, openServer, type TestHttp, type TestServer } from '../support/http.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const routes = [
  ['/health', 'GET, HEAD'],
  ['/health_check', 'GET, HEAD'],
  ['/livez', 'GET, HEAD'],
  ['/readyz', 'GET, HEAD'],
  ['/metrics', 'GET, HEAD'],
  ['/api/v1/login', 'POST'],
  ['/api/v1/auto_login', 'GET, HEAD'],
  ['/api/v1/refresh', 'POST'],
  ['/api/v1/logout', 'POST'],
  ['/api/v1/users/whoami', 'GET, HEAD'],
  ['/api/v1/users/', 'GET, HEAD, POST'],
  ['/api/v1/users', 'GET, HEAD, POST'],
  ['/api/v1/users/00000000-0000-4000-8000-000000000000', 'GET, HEAD, PATCH, DELETE'],
  ['/api/v1/users/00000000-0000-4000-8000-000000000000/reset-password', 'PATCH'],
  ['/api/v1/version', 'GET, HEAD'],
  ['/api/v1/config', 'GET, HEAD'],
  ['/api/v1/folders/', 'GET, HEAD'],
  ['/api/v1/flows/', 'GET, HEAD'],
  ['/api/v1/flows/basic_examples/', 'GET, HEAD'],
  ['/api/v1/variables/', 'GET, HEAD'],
  ['/api/v1/store/tags', 'GET, HEAD'],
  ['/api/v1/all', 'GET, HEAD'],
] as const;

describe('a method that a path does not have', () => {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
  const missing = routes.flatMap(([path, allow]) =>
    methods
      .filter(method => !allow.split(', ').includes(method))
      // There whoami is the id of a user.
      .filter(method => !(path.endsWith('whoami') && ['PATCH', 'DELETE'].includes(method)))
      .map(method => ({ method, path, allow })),
  );
  test.each(missing)(
    '$method $path is answered with 405 and what it has',
    async ({ method, path, allow }) => {
      const answer = await t.call(`${method} ${path}`);
      expectAnswer(answer, { status: 405, detail: 'Method Not Allowed' });
      expect(answer.headers.get('allow')).toBe(allow);
    },
  );

  test('is answered so whatever the body is', async () => {
    const answer = await t.call('PUT /api/v1/users/', {
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expectAnswer(answer, { status: 405, detail: 'Method Not Allowed' });
  });
});

test.each([
  'GET /',
  'GET /api/v1',
  'GET /api/v1/nope',
  'POST /api/v1/users/17/nope',
  'GET /API/V1/users/whoami',
  'GET /api/v1//users/whoami',
  'DELETE /api/v1/users//',
  'PATCH /api/v1/users//reset-password',
  'GET /docs//',
  'GET /api/v1/users/../../../etc/passwd',
  'PROPFIND /nope',
  'POST /api/v1/api_key/store',
])('%s is answered with 404', async what => {
  expectAnswer(await t.call(what, { as: 'root' }), { status: 404, detail: 'Not Found' });
});

test('a path that cannot be decoded is answered with 400', async () => {
  expectAnswer(await t.call('GET /api/v1/users/%zz'), { status: 400, detail: 'Bad Request', hides: ['zz'] });
});

test.each(routes.filter(([, allow]) => allow.startsWith('GET')).map(([path]) => path))(
  'HEAD %s is answered like GET, without the body',
  async path => {
    for (const as of [undefined, 'ada', 'root']) {
      const [get, head] = [await t.call(`GET ${path}`, { as }), await t.call(`HEAD ${path}`, { as })];
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    }
  },
);

test.each([
  ['GET /health', 200],
  ['GET /nope', 404],
  ['GET /api/v1/users/whoami', 403],
  ['POST /api/v1/login', 422],
  ['PUT /api/v1/login', 405],
  ['GET /%zz', 400],
] as const)('%s is JSON that no browser guesses at, runs, frames or keeps', async (what, status) => {
  const { headers, ...answer } = await t.call(what);
  expect(answer.status).toBe(status);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull();
});

describe('the Host header', () => {
  const get = (server: TestServer, host: string) =>
    server.raw(`GET /health HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
  const served = 'HTTP/1.1 200 OK';
  const refused = 'HTTP/1.1 400 Bad Request';
  const statusOf = (text: string) => text.split('\r\n', 1)[0];

  test.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    '127.0.0.1',
    '127.0.0.2',
    '[::1]',
    'localhost:1',
    '127.0.0.1:99',
  ])('%s is served', async host => expect(statusOf(await get(t, `Host: ${host}\r\n`))).toBe(served));

  test.each([
    'evil.example',
    'evil.example:7861',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example@localhost',
    'localhost/evil.example',
    'localhost?evil.example',
    '10.1.2.3',
    '[::2]',
    '',
    ':7861',
  ])('%s is refused', async host => {
    const text = await get(t, `Host: ${host}\r\n`);
    expect(statusOf(text)).toBe(refused);
    expect(text).toContain('{"detail":"This host name is not served here.');
  });

  test('must be there', async () => {
    const text = await get(t, '');
    expect(statusOf(text)).toBe(refused);
    expect(text).toContain('{"detail":"This host name is not served here.');
  });

  test('may be one of ALLOWED_HOSTS', async () => {
    const server = { allowedHosts: ['users.example', 'Münster.example'] };
    const own = await t.anotherServer({ server });
    expect(statusOf(await get(own, 'Host: users.example:8080\r\n'))).toBe(served);
    expect(statusOf(await get(own, 'Host: xn--mnster-3ya.example\r\n'))).toBe(served);
    expect(statusOf(await get(own, 'Host: other.example\r\n'))).toBe(refused);
  });

  // A machine without a network has no address but the local ones.
  const addresses = Object.values(networkInterfaces()).flatMap(found => found ?? []);
  const address = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  test.skipIf(!address)('may be the address that the client came to', async () => {
    const own = await t.anotherServer({ server: { host: '0.0.0.0' } });
    expect((await fetch(`http://${address}:${own.port}/health`)).status).toBe(200);
    expect(statusOf(await get(own, `Host: ${address}\r\n`))).toBe(refused);
  });

  test('is checked before anything else', async () => {
    const text = await t.raw(
      'POST /api/v1/login HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
    expect(statusOf(text)).toBe(refused);
  });
});

describe('an error inside', () => {
  const whoami = 'GET /api/v1/users/whoami';

  test('is Internal Server Error to the client, and told in the log', async () => {
    await using own = await openServer();
    await own.bearerOf('ada');
    await own.rows('alter table session rename to hidden');
    const answer = await own.call(whoami, { as: 'ada' });
    expectAnswer(answer, { status: 500, detail: 'Internal Server Error', hides: ['session', 'hidden'] });
    expect(own.logged().find(({ level }) => level === 50)?.err.message).toMatch(/no such table: session/);
  });

  test('of the database is told to the client without its path, and with it in the log', async () => {
    await using own = await openServer();
    const other = await own.anotherServer();
    const headers = { authorization: `Bearer ${await own.bearerOf('ada')}` };
    await own.rows('pragma wal_checkpoint(truncate)');
    writeFileSync(own.path, Buffer.alloc(statSync(own.path).size, 'x'));
    const answer = await other.call(whoami, { headers });
    expectAnswer(answer, { status: 503, detail: 'The database does not answer now', hides: [own.path] });
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(other.logged().find(({ level }) => level === 50)?.err.message).toContain(own.path);
  });
});
