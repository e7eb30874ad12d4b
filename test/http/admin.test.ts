import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openServer, said, type TestHttp } from '../support/http.ts';
import { openPageSocket, statusOf } from '../support/page.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer({ server: { corsOrigins: ['https://front.example'] } });
});
afterAll(() => t[Symbol.asyncDispose]());

const files = [
  ['/admin', 'text/html', '<title>Langinfra</title>'],
  ['/admin/', 'text/html', '/admin/page.js'],
  ['/admin/page.js', 'text/javascript', '/admin/socket'],
  ['/admin/page.css', 'text/css', '.xterm'],
] as const;

describe.each(files)('GET %s', (path, type, shows) => {
  test('gives its file to anybody, as what it is', async () => {
    const { status, headers, text } = await t.call(`GET ${path}`);
    expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
    expect(text).toContain(shows);
  });

  test('lets it load and say nothing elsewhere, and nobody frame it, open it or guess what it is', async () => {
    const { headers } = await t.call(`GET ${path}`);
    expect(headers.get('content-security-policy')?.split('; ').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      'img-src data:',
      "script-src 'self'",
      "style-src 'self'",
    ]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'clipboard-read=()',
      'cache-control': 'no-cache',
    });
  });
});

test.each([
  '/admin/nope',
  '/admin/__proto__',
  '/admin/..%2fadmin.ts',
  '/admin/start.ts',
  '/admin/page.js.map',
])('%s is no file of the page', async path => {
  expect((await t.call(`GET ${path}`)).detail).toBe('Not Found');
});

test('the page names no other host', async () => {
  const { text } = await t.call('GET /admin');
  expect(text).not.toMatch(/https?:|\/\/[a-z]/);
});

describe('the connection of the page', () => {
  const own = () => t.url;
  const origins: readonly (readonly [string, () => string | undefined, number])[] = [
    ['the page itself', own, 101],
    ['the page itself, by TLS from a proxy', () => own().replace('http', 'https'), 101],
    ['a page of another host', () => 'https://evil.example', 403],
    ['a page of another port of this host', () => 'http://127.0.0.1:1', 403],
    ['a page of the same port under another name', () => own().replace('127.0.0.1', 'localhost'), 403],
    ['a page without an origin', () => 'null', 403],
    ['a page that may use the API', () => 'https://front.example', 403],
    ['a program', () => undefined, 403],
  ];
  test.each(origins)('from %s', async (_, origin, status) => {
    expect(await statusOf(t.url, { origin: origin() })).toBe(status);
  });

  test('is refused under a host name that is not ours, whatever its origin', async () => {
    const headers = { host: 'evil.example' };
    expect(await statusOf(t.url, { headers, origin: 'http://evil.example' })).toBe(400);
  });

  test('is had under the names that the settings allow, from there', async () => {
    const server = { allowedHosts: ['users.example'], trustedProxies: ['127.0.0.1'] };
    const behind = await t.anotherServer({ server });
    const headers = { host: 'users.example', 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };
    expect(await statusOf(behind.url, { headers, origin: 'https://users.example' })).toBe(101);
    expect(await statusOf(behind.url, { headers, origin: 'https://evil.example' })).toBe(403);
    expect(behind.logged()).toContainEqual(
      expect.objectContaining({ path: '/admin/socket', status: 101, address: '203.0.113.9' }),
    );
  });

  test('a refusal says why, as everywhere', async () => {
    const headers = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      origin: 'https://evil.example',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await t.raw(
      `GET /admin/socket HTTP/1.1\r\nHost: ${new URL(t.url).host}\r\n${lines.join('')}\r\n`,
    );
    expect(answer).toContain('HTTP/1.1 403');
    expect(answer).toContain(said.otherSite);
    expect(answer).toMatch(/^x-request-id: .*^connection: close\r$/ims);
  });

  test('is no page, and takes nothing but a WebSocket', async () => {
    const response = await fetch(`${t.url}/admin/socket`, { headers: { origin: t.url } });
    expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(await response.json()).toEqual({ detail: expect.stringContaining('/admin') });
  });

  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  test.each<Record<string, string>>([
    { 'sec-websocket-version': '13' },
    { 'sec-websocket-version': '13', 'sec-websocket-key': 'short' },
    { 'sec-websocket-version': '12', 'sec-websocket-key': key },
    { 'sec-websocket-version': '13', 'sec-websocket-key': key, 'sec-websocket-protocol': 'a,,a' },
  ])('a handshake that is none is refused as any request, with a line in the log: %j', async headers => {
    const sent = { connection: 'upgrade', upgrade: 'websocket', origin: t.url, ...headers };
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await t.raw(
      `GET /admin/socket HTTP/1.1\r\nHost: ${new URL(t.url).host}\r\n${lines.join('')}\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
    expect(answer).toMatch(/^sec-websocket-version: 13\r$/im);
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
    const [, id] = answer.match(/^x-request-id: (.*)\r$/im) ?? [];
    expect(t.logged()).toContainEqual(
      expect.objectContaining({ reqId: id, path: '/admin/socket', status: 426 }),
    );
  });

  test('a request that offers another protocol, or a WebSocket elsewhere, is answered as any other', async () => {
    const send = (path: string, upgrade: string, body?: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const method = body === undefined ? 'GET' : 'POST';
        const type = body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' };
        const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade, 'http2-settings': '', ...type };
        request(`${t.url}${path}`, { method, headers }, response => {
          response.resume();
          response.on('end', () => resolve(response.statusCode));
        })
          .on('error', reject)
          .end(body);
      });
    expect(await send('/api/v1/login', 'h2c', 'username=root&password=wrong')).toBe(401);
    expect(await send('/health', 'websocket')).toBe(200);
    expect(await send('/health', 'h2c')).toBe(200);
  });

  test('in line behind a request that is not answered yet it is hung up on, and the server lives', async () => {
    const login = 'username=root&password=wrong';
    const first = `POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${login.length}\r\n\r\n${login}`;
    const second = `GET /admin/socket HTTP/1.1\r\nHost: ${new URL(t.url).host}\r\nConnection: upgrade\r\nUpgrade: websocket\r\nOrigin: ${t.url}\r\n\r\n`;
    await t.raw(first + second).catch(() => {});
    expect((await t.call('GET /health')).status).toBe(200);
  });

  test('has a line in the log without a token, and counts', async () => {
    await using page = await openPageSocket(t.url);
    page.open();
    await page.sees('Username');
    const token = await page.token();
    expect(t.logged()).toContainEqual(
      expect.objectContaining({ method: 'GET', path: '/admin/socket', status: 101, address: '127.0.0.1' }),
    );
    expect(t.log()).not.toContain(token);
    const { text } = await t.call('GET /metrics');
    expect(text).toMatch(/^langinfra_browser_consoles 1$/m);
    expect(text).toMatch(/route="\/admin\/socket",method="GET",status="101"\} \d+/);
  });

  const misspoken: readonly (readonly [string, string | Buffer, number])[] = [
    ['no JSON', 'hello', 1008],
    ['keys before the opening', '{"keys":"x"}', 1008],
    ['something that no page says', '{"exec":"ls"}', 1008],
    ['an opening without a size', '{"open":{"linear":false}}', 1008],
    ['bytes', Buffer.from('{}'), 1003],
    ['more than a message may have', `{"keys":"${'x'.repeat(64 * 1024)}"}`, 1009],
  ];
  test.each(misspoken)('is ended by %s', async (_, message, code) => {
    await using page = await openPageSocket(t.url);
    page.socket.send(message);
    expect(await page.closed).toMatchObject({ code });
    expect(t.complaints).toEqual([]);
  });

  test('is ended by a message in many small parts, each of which would keep what came with it', async () => {
    await using page = await openPageSocket(t.url);
    page.open();
    await page.sees('Username');
    for (let part = 0; part < 20; part++) page.socket.send('x', { fin: false });
    expect(await page.closed).toMatchObject({ code: 1008 });
  });

  test.each(['ping', 'pong'] as const)('is held up by many a %s, as by other messages', async kind => {
    const pause = vi.spyOn(WebSocket.prototype, 'pause');
    await using page = await openPageSocket(t.url);
    for (let n = 0; n < 100; n++) page.socket[kind]();
    await expect.poll(() => pause.mock.calls.length).toBeGreaterThan(0);
    pause.mockRestore();
  });

  test('answers a ping', async () => {
    await using page = await openPageSocket(t.url);
    const answer = once(page.socket, 'pong');
    page.socket.ping('are you there?');
    expect(String(await answer)).toBe('are you there?');
  });

  test('is over when the page does not answer any more', async () => {
    const impatient = await t.anotherServer({ limits: { pingTime: 30 } });
    await using page = await openPageSocket(impatient.url, { autoPong: false });
    page.open();
    expect(await page.closed).toMatchObject({ code: 1006 });
    await using there = await openPageSocket(impatient.url);
    there.open();
    await there.sees('Username');
    there.type('ada');
    await there.sees('ada');
  });
});

test('a server without consoles has no such page', async () => {
  const { buildServer } = await import('../../src/http/server.ts');
  const nothingElse = { allowedHosts: undefined, corsOrigins: undefined, trustedProxies: undefined };
  const server = { host: '127.0.0.1', port: 0, logLevel: 'silent', ...nothingElse } as const;
  const { door: _, ...needs } = t;
  const app = await buildServer({
    ...needs,
    settings: { ...t.settings, ...server },
    log: { write: () => {} },
  });
  const { statusCode } = await app.inject({ url: '/admin', headers: { host: 'localhost' } });
  await app.close();
  expect(statusCode).toBe(404);
});
