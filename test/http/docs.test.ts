import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestHttp } from '../support/http.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const files = [
  ['/docs', 'text/html', 'swagger-ui-bundle.js'],
  ['/docs/', 'text/html', 'swagger-ui-bundle.js'],
  ['/docs/start.js', 'text/javascript', '/openapi.json'],
  ['/docs/swagger-ui.css', 'text/css', '.swagger-ui'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript', 'SwaggerUIBundle'],
] as const;

describe.each(files)('GET %s', (path, type, shows) => {
  test('gives its file to anybody, as what it is', async () => {
    const { status, headers, text } = await t.call(`GET ${path}`);
    expect([status, headers.get('content-type')]).toEqual([200, `${type}; charset=utf-8`]);
    expect(text).toContain(shows);
  });

  test('lets a page load from this server only, and nobody frame it', async () => {
    const { headers } = await t.call(`GET ${path}`);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; ");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('gives nothing to a browser that has it', async () => {
    const etag = (await t.call(`GET ${path}`)).headers.get('etag') ?? '';
    const same = await t.call(`GET ${path}`, { headers: { 'if-none-match': etag } });
    expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
    // As a proxy that compresses has made it, and of several that the browser has.
    for (const tags of [`W/${etag}`, `"older", W/${etag} , "newer"`, '*']) {
      const has = await t.call(`GET ${path}`, { headers: { 'if-none-match': tags } });
      expect([tags, has.status]).toEqual([tags, 304]);
    }
    for (const tags of ['"older"', 'W/"older", "newer"', etag.replaceAll('"', '')]) {
      const other = await t.call(`GET ${path}`, { headers: { 'if-none-match': tags } });
      expect([tags, other.status]).toEqual([tags, 200]);
    }
  });

  test('is compressed for who takes that, and another representation with another tag', async () => {
    const ask = (encodings: string) => t.call(`GET ${path}`, { headers: { 'accept-encoding': encodings } });
    const plain = await ask('identity');
    for (const refusing of ['br', 'gzip;q=0', 'br, gzip; q=0.000, *;q=0']) {
      const { headers } = await ask(refusing);
      expect([headers.get('content-encoding'), headers.get('etag')]).toEqual([
        null,
        plain.headers.get('etag'),
      ]);
    }
    const packed = await ask('gzip, deflate, br');
    expect(packed.text).toBe(plain.text);
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('etag')).not.toBe(plain.headers.get('etag'));
    for (const { headers } of [plain, packed]) expect(headers.get('vary')).toBe('Accept-Encoding');
  });

  test('is answered to HEAD, too', async () => {
    const whole = await t.call(`GET ${path}`);
    const head = await t.call(`HEAD ${path}`);
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe(whole.headers.get('content-length'));
  });
});

test.each([
  '/docs/nope',
  '/docs/constructor',
  '/docs/__proto__',
  '/docs/..%2fdocs.ts',
  '/docs/%2e%2e%2fserver.ts',
  '/docs/swagger-ui.css.map',
  '/docs/package.json',
  '/docs/%00',
])('%s is no file of the page', async path => {
  const answer = await t.call(`GET ${path}`);
  expect(answer.detail).toBe('Not Found');
});

test('the page names no other host', async () => {
  for (const path of ['/docs', '/docs/start.js']) {
    expect((await t.call(`GET ${path}`)).text).not.toMatch(/https?:|\/\/[a-z]/);
  }
});
