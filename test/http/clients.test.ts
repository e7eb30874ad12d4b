import { describe, expect, test } from 'vitest';
import { plainAddress } from '../../src/accounts/network.ts';
import { createTrust } from '../../src/http/clients.ts';
import { usual } from '../support/accounts.ts';
import { openServer, said, type TestServer } from '../support/http.ts';

describe('an address is written in one way', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:5678', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ])('%s as %s', (text, address) => expect(plainAddress(text)).toBe(address));

  test.each([
    '',
    'unknown',
    '_hidden',
    'localhost',
    '192.0.2',
    '192.0.2.256',
    '1.2.3.4, 5.6.7.8',
    '\u202e',
    '::g',
  ])('%j is none', text => expect(plainAddress(text)).toBeUndefined());
});

test.each([
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['10.0.0.0/8', '10.255.1.2', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.9.9.9/8', '10.1.1.1', true],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::1', '0:0:0:0:0:0:0:1', true],
  ['::1', '127.0.0.1', false],
  ['10.0.0.1', 'unknown', false],
  ['10.0.0.1', undefined, false],
])('who trusts %s and meets %s: %s', (range, address, trusted) => {
  expect(createTrust(['192.0.2.9', range])(address)).toBe(trusted);
  expect(createTrust()(address)).toBe(false);
});

/** What the log says of a request that carries these headers. */
const addressOf = async (server: TestServer, headers: Record<string, string>): Promise<string> => {
  await server.call('GET /health', { headers });
  return server.logged().at(-1).address;
};
const behind = (trustedProxies: string[]) => openServer({ server: { trustedProxies } });
const login = (server: TestServer, headers: Record<string, string>) =>
  server.call('POST /api/v1/login', { form: { username: 'ada', password: usual }, headers });

describe('the address of a client behind a trusted proxy', () => {
  test.each([
    ['nothing forwarded', '', '127.0.0.1'],
    ['one address', '203.0.113.7', '203.0.113.7'],
    ['what the client made up stands before it', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['a second trusted proxy', '198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['a second one over IPv6', '203.0.113.7, ::ffff:10.1.2.3', '203.0.113.7'],
    ['only trusted ones', '10.0.0.5, 10.1.2.3', '10.0.0.5'],
    ['IPv6', '2001:DB8::7', '2001:db8::7'],
    ['an address with its port', '203.0.113.7:4711', '203.0.113.7'],
    ['no address at all', 'unknown', '127.0.0.1'],
    ['nonsense', '203.0.113.7, <script>', '127.0.0.1'],
  ])('is the last that no proxy of ours has: %s', async (_, forwarded, address) => {
    await using t = await behind(['127.0.0.1', '10.0.0.0/8']);
    expect(await addressOf(t, { 'x-forwarded-for': forwarded })).toBe(address);
  });

  test('is not what anybody else says', async () => {
    await using t = await behind(['10.0.0.1']);
    expect(await addressOf(t, { 'x-forwarded-for': '203.0.113.7' })).toBe('127.0.0.1');
    await using alone = await openServer();
    expect(await addressOf(alone, { 'x-forwarded-for': '203.0.113.7' })).toBe('127.0.0.1');
  });
});

describe('the cookies', () => {
  const https = { 'x-forwarded-proto': 'https' };
  const secure = (lines: string[]) => lines.map(line => line.split('; ').includes('Secure'));

  test('are Secure where a trusted proxy says that the client came by TLS', async () => {
    await using t = await behind(['127.0.0.1']);
    const { body, cookies, setCookies } = await login(t, https);
    expect(setCookies).toEqual([
      `refresh_token_lf=${body.refresh_token}; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax`,
      `access_token_lf=${body.access_token}; Max-Age=3600; Path=/; Secure; SameSite=Lax`,
      'apikey_tkn_lflw=; Path=/; Secure; SameSite=Lax',
    ]);
    const refreshed = await t.call('POST /api/v1/refresh', { cookies, headers: https });
    expect(secure(refreshed.setCookies)).toEqual([true, true, true]);
    const out = await t.call('POST /api/v1/logout', { cookies: refreshed.cookies, headers: https });
    const gone = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT';
    expect(out.setCookies).toEqual([
      `refresh_token_lf=; Max-Age=0; Path=/; ${gone}; HttpOnly; Secure; SameSite=Lax`,
      `access_token_lf=; Max-Age=0; Path=/; ${gone}; Secure; SameSite=Lax`,
      `apikey_tkn_lflw=; Max-Age=0; Path=/; ${gone}; Secure; SameSite=Lax`,
    ]);
  });

  test.each([
    [['127.0.0.1'], 'HTTPS', true],
    [['127.0.0.1'], 'http, https', true],
    [['127.0.0.1'], 'https, http', false],
    [['127.0.0.1'], 'http', false],
    [['127.0.0.1'], 'httpsx', false],
    [['10.0.0.1'], 'https', false],
    [[], 'https', false],
  ])('trusting %j, with %j: %s', async (proxies, proto, isSecure) => {
    await using t = await behind(proxies);
    const { setCookies } = await login(t, { 'x-forwarded-proto': proto });
    expect(secure(setCookies)).toEqual([isSecure, isSecure, isSecure]);
  });

  test('of automatic sign-in are not Secure: it is not served behind a proxy', async () => {
    await using t = await openServer({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const { setCookies } = await t.call('GET /api/v1/auto_login', { headers: https });
    expect(secure(setCookies)).toEqual([false, false]);
  });
});

describe('X-Forwarded-Host', () => {
  test('opens no other host, though a trusted proxy sends it', async () => {
    await using t = await behind(['127.0.0.1']);
    const forwarded = 'X-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n';
    const text = await t.raw(`GET /health HTTP/1.1\r\nHost: evil.example\r\n${forwarded}`);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    const headers = { 'x-forwarded-host': 'evil.example' };
    expect((await t.call('GET /health', { headers })).status).toBe(200);
  });

  test('makes no other origin our own', async () => {
    await using t = await behind(['127.0.0.1']);
    const { cookies } = await login(t, {});
    const headers = { 'x-forwarded-host': 'evil.example', origin: 'http://evil.example' };
    const answer = await t.call('POST /api/v1/refresh', { cookies, headers });
    expect([answer.status, answer.detail]).toEqual([403, said.otherSite]);
  });

  test('and TLS before the proxy: the own page refreshes', async () => {
    await using t = await behind(['127.0.0.1']);
    const { cookies } = await login(t, {});
    const headers = { 'x-forwarded-proto': 'https', origin: `https://127.0.0.1:${t.port}` };
    expect((await t.call('POST /api/v1/refresh', { cookies, headers })).status).toBe(200);
  });
});

describe('the id of a request', () => {
  const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
  const idOf = async (server: TestServer, what: string, headers: Record<string, string> = {}) => {
    const answer = await server.call(what, { headers });
    const id = answer.headers.get('x-request-id');
    expect(server.logged().at(-1).reqId).toBe(id);
    return id;
  };

  test.each(['GET /health', 'GET /nope', 'GET /%zz', 'PUT /health', 'POST /api/v1/login'])(
    'is in the answer and in the log, each time another: %s',
    async what => {
      await using t = await openServer();
      const ids = [await idOf(t, what), await idOf(t, what)];
      for (const id of ids) expect(id).toMatch(uuid);
      expect(ids[0]).not.toBe(ids[1]);
    },
  );

  test.each(['4bf92f3577b34da6', 'a-b_c.d:e/f+g=', 'x'.repeat(100)])(
    'is the one a trusted proxy gives: %s',
    async given => {
      await using t = await behind(['127.0.0.1']);
      expect(await idOf(t, 'GET /health', { 'x-request-id': given })).toBe(given);
    },
  );

  test.each(['', 'a b', 'a, b', '"}', '\u00e9', 'x'.repeat(101)])(
    'is our own where that is not well formed: %j',
    async given => {
      await using t = await behind(['127.0.0.1']);
      expect(await idOf(t, 'GET /health', { 'x-request-id': given })).toMatch(uuid);
    },
  );

  test('is not what anybody else says', async () => {
    await using t = await behind(['10.0.0.1']);
    expect(await idOf(t, 'GET /health', { 'x-request-id': '4bf92f3577b34da6' })).toMatch(uuid);
  });
});
