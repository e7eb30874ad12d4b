import { METHODS } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestHttp } from '../support/http.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const host = 'Host: localhost\r\n';
const close = 'Connection: close\r\n';
const formType = 'Content-Type: application/x-www-form-urlencoded\r\n';
const form = 'username=a&password=b';
/** A planted secret: it is in many requests, and in no line of the log and no answer. */
const planted = 'planted-secret';

const get = (path: string, headers = '', version = '1.1') =>
  `GET ${path} HTTP/${version}\r\n${host}${close}${headers}\r\n`;
const post = (headers: string, body: string, version = '1.1') =>
  `POST /api/v1/login HTTP/${version}\r\n${host}${formType}${headers}\r\n${body}`;
const chunked = (coding: string, version = '1.1') =>
  post(coding, `${form.length.toString(16)}\r\n${form}\r\n0\r\n\r\n`, version);

/** The answers in what came back: each in the form of all answers, and none with anything of the inside. */
const answersIn = (text: string): { status: number; detail: unknown }[] => {
  const answers: { status: number; detail: unknown }[] = [];
  let rest = text;
  while (rest !== '') {
    const [head = '', ...after] = rest.split('\r\n\r\n');
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    const body = after.join('\r\n\r\n');
    expect(head).toMatch(/^content-type: application\/json; charset=utf-8$/im);
    expect(head).toMatch(/^x-content-type-options: nosniff$/im);
    expect(head).toMatch(/^cache-control: no-store$/im);
    expect(head).not.toMatch(/^(server|x-powered-by):/im);
    const { detail } = JSON.parse(body.slice(0, length));
    expect(body.slice(0, length)).not.toContain(planted);
    expect(body.slice(0, length)).not.toMatch(/HPE_|FST_|node:|Error|\.ts|\.js/);
    answers.push({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), detail });
    rest = body.slice(length);
  }
  return answers;
};

const wrongHost = 'This host name is not served here. LANGINFRA_ALLOWED_HOSTS names the ones that are';
const bad = { status: 400, detail: 'Bad Request' };
const served = { status: 200, detail: undefined };
const badLogin = { status: 401, detail: 'Incorrect username or password' };
const nobody = { status: 403, detail: 'An API key must be passed as query or header' };
const tooLarge = { status: 431, detail: 'The headers are too large' };

/** What a client sends, and what it gets until the server hangs up. */
const cases: Record<string, [bytes: string, ...answers: { status: number; detail: unknown }[]]> = {
  // No HTTP, or another one.
  'another protocol': ['GET / SMTP\r\n\r\n', bad],
  'the hello of TLS': ['\x16\x03\x01\x02\0\x01\0', bad],
  'the preface of HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', bad],
  'a wish for HTTP/2': [get('/health', 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'), served],
  'a wish for a WebSocket': [get('/health', 'Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n'), served],
  'HTTP/0.9': ['GET /health\r\n\r\n', bad],
  'HTTP/0.9 by its number': [get('/health', '', '0.9'), bad],
  'HTTP/1.0': [get('/health', '', '1.0'), served],
  'HTTP/1.2': [get('/health', '', '1.2'), bad],
  'HTTP/2.0': [get('/health', '', '2.0'), bad],
  'a line that is no header': [get('/health', `${planted}\r\n`), bad],
  'bare line feeds': [`GET /health HTTP/1.1\n${host}\n`, bad],
  'a bare carriage return': [get('/health', 'X: a\rb\r\n'), bad],
  'NUL in a header': [get('/health', 'X: a\0b\r\n'), bad],
  'a space before the colon': [get('/health', 'X : a\r\n'), bad],
  'a header over two lines': [get('/health', 'X: a\r\n b\r\n'), bad],
  'a host over two lines': ['GET /health HTTP/1.1\r\nHost: localhost\r\n .evil.example\r\n\r\n', bad],

  // Too much.
  'a header of 20,000 letters': [get('/health', `X: ${'x'.repeat(20_000)}\r\n`), tooLarge],
  'a path of 20,000 letters': [get(`/${'x'.repeat(20_000)}`), tooLarge],
  'a query of 20,000 letters': [get(`/health?x=${'x'.repeat(20_000)}`), tooLarge],
  '1500 headers': [
    get('/health', 'a: 1\r\n'.repeat(1500)),
    { status: 431, detail: 'A request has at most 200 headers' },
  ],
  '150 headers': [get('/health', 'a: 1\r\n'.repeat(150)), served],
  'a body of 1 MB that is only announced': [
    post('Content-Length: 1000000\r\n', ''),
    { status: 413, detail: 'The body is larger than 64 KiB' },
  ],
  'more than 64 KiB in chunks': [
    post('Transfer-Encoding: chunked\r\n', `1000\r\n${'x'.repeat(4096)}\r\n`.repeat(17)),
    { status: 413, detail: 'The body is larger than 64 KiB' },
  ],
  'a long extension of a chunk': [
    post('Transfer-Encoding: chunked\r\n', `1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`),
    { status: 413, detail: 'The chunk extensions are too large' },
  ],
  'a long trailer': [
    post('Transfer-Encoding: chunked\r\n', `1\r\na\r\n0\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
    tooLarge,
  ],

  // Where a body ends, and where the next request begins (request smuggling).
  'chunks and a length': [chunked('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n'), bad],
  'a length and chunks': [chunked('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'), bad],
  'two lengths': [post('Content-Length: 21\r\nContent-Length: 1\r\n', form), bad],
  'the same length twice': [post('Content-Length: 21\r\nContent-Length: 21\r\n', form), bad],
  'a list of lengths': [post('Content-Length: 21, 21\r\n', form), bad],
  'a negative length': [post('Content-Length: -1\r\n', form), bad],
  'a length with a sign': [post('Content-Length: +21\r\n', form), bad],
  'a length in hex': [post('Content-Length: 0x15\r\n', form), bad],
  'a length past all numbers': [post(`Content-Length: ${'9'.repeat(30)}\r\n`, form), bad],
  'the coding identity': [chunked('Transfer-Encoding: identity\r\n'), bad],
  'the coding identity before chunked': [chunked('Transfer-Encoding: identity, chunked\r\n'), bad],
  'the coding gzip before chunked': [chunked('Transfer-Encoding: gzip, chunked\r\n'), bad],
  'a coding after chunked': [chunked('Transfer-Encoding: chunked, identity\r\n'), bad],
  'chunked twice': [chunked('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'), bad],
  'a coding that looks like chunked': [chunked('Transfer-Encoding: xchunked\r\n'), bad],
  'chunks in HTTP/1.0': [chunked('Transfer-Encoding: chunked\r\n', '1.0'), bad],
  chunks: [chunked(`${close}Transfer-Encoding: Chunked\r\n`), badLogin],
  'a chunk without a size': [post('Transfer-Encoding: chunked\r\n', 'zz\r\n'), bad],
  'a chunk past all numbers': [post('Transfer-Encoding: chunked\r\n', `${'f'.repeat(20)}\r\n`), bad],
  'chunks with bare line feeds': [post('Transfer-Encoding: chunked\r\n', '1\na\n0\n\n'), bad],
  'a good request, then none': [`GET /health HTTP/1.1\r\n${host}\r\n${planted}\r\n\r\n`, served, bad],
  'a sign-in, then no request': [post('Content-Length: 21\r\n', `${form}${planted}\r\n\r\n`), badLogin, bad],
  'a good request, then broken chunks': [
    `GET /health HTTP/1.1\r\n${host}\r\n${post('Transfer-Encoding: chunked\r\n', 'zz\r\n')}`,
    served,
    bad,
  ],
  'the last request, then anything': [`${get('/health')}${planted}\r\n\r\n`, served],

  // Which host.
  'two hosts': [get('/health', 'Host: evil.example\r\n'), { status: 400, detail: wrongHost }],
  'the same host twice': [get('/health', host), { status: 400, detail: wrongHost }],
  'a target with scheme and host': [get('http://localhost/health'), served],
  'a target with scheme and host, and a query': [
    get(`http://localhost?${planted}`),
    { status: 404, detail: 'Not Found' },
  ],
  'a target of another host': [get('http://evil.example/health'), { status: 400, detail: wrongHost }],
  'a target with a password': [
    get(`http://a:${planted}@localhost/health`),
    { status: 400, detail: wrongHost },
  ],
  'a target of another scheme': [
    get(`ftp://a:${planted}@localhost/health`),
    { status: 400, detail: wrongHost },
  ],
  'a path that looks like a host': [get('//evil.example/health'), { status: 404, detail: 'Not Found' }],

  // Paths and queries.
  'a path that cannot be decoded': [get('/api/v1/users/%c3%28'), bad],
  'NUL in a path': [get('/api/v1/users/%00'), nobody],
  'a path of dots': [get('/api/v1/users/%2e%2e%2fwhoami'), nobody],
  'a path of a Windows machine': [get('\\health'), bad],
  'no path': [get(`?${planted}`), bad],
  'a query that cannot be decoded': [get(`/health?${planted}=%zz`), bad],
  'a query that is no UTF-8': [get(`/health?a=%c3%28&${planted}`), bad],
  'half a character in a query': [get('/health?a=%ed%a0%80'), bad],
  'what follows a #': [
    get(`/api/v1/users/whoami#x-api-key=${planted}`),
    { status: 403, detail: 'Invalid or missing API key' },
  ],
  'keys of the prototype in a query': [get('/health?__proto__=1&constructor[prototype][x]=1'), served],

  // Expectations.
  'an expectation': [
    post(`${close}Expect: 200-ok\r\nContent-Length: 21\r\n`, form),
    { status: 417, detail: 'Expectation Failed' },
  ],
  'an expectation of another host': [
    `GET /health HTTP/1.1\r\nHost: evil.example\r\n${close}Expect: ${planted}\r\n\r\n`,
    { status: 417, detail: 'Expectation Failed' },
  ],

  // Methods.
  'a method that nobody knows': [`FOO /health HTTP/1.1\r\n${host}\r\n`, bad],
  'a method in small letters': [`get /health HTTP/1.1\r\n${host}\r\n`, bad],
  TRACE: [
    `TRACE /health HTTP/1.1\r\n${host}${close}Cookie: ${planted}\r\n\r\n`,
    { status: 405, detail: 'Method Not Allowed' },
  ],
  'OPTIONS *': [`OPTIONS * HTTP/1.1\r\n${host}${close}\r\n`, { status: 404, detail: 'Not Found' }],
  CONNECT: [`CONNECT ${planted}:443 HTTP/1.1\r\n${host}\r\n`],
  'another method in a header': [
    `POST /health HTTP/1.1\r\n${host}${close}X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n\r\n`,
    { status: 405, detail: 'Method Not Allowed' },
  ],
};

test.each(Object.entries(cases))('%s', async (_name, [bytes, ...answers]) => {
  expect(answersIn(await t.raw(Buffer.from(bytes, 'latin1')))).toEqual(answers);
  expect((await t.call('GET /health')).status).toBe(200);
});

test.each(METHODS.filter(method => method !== 'CONNECT'))(
  '%s never ends in an error of the server',
  async method => {
    for (const path of ['/health', '/api/v1/login', '/nope', '*']) {
      const text = await t.raw(`${method} ${path} HTTP/1.1\r\n${host}${close}Content-Length: 0\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 (200|404|405|422) /);
      if (method !== 'HEAD') answersIn(text);
    }
  },
);

test.each(['%00', '..%2fwhoami', '%5c', "'%20or%201=1%20--", '%ef%bb%bf', '__proto__', 'x'.repeat(15_000)])(
  'the id %s is none',
  async id => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await t.call(`${method} /api/v1/users/${id}`, { as: 'root' });
      expect([answer.status, answer.detail]).toEqual([422, 'id must be a UUID']);
    }
  },
);

describe('the query of a list', () => {
  const list = (query: string) => t.call(`GET /api/v1/users/?${query}`, { as: 'root' });

  test.each([
    ['limit=1&limit=2', 'limit must be a whole number from 1 to 1000'],
    ['limit=1&limit=1', 'limit must be a whole number from 1 to 1000'],
    ['search=a&search=b', 'search must be text'],
    ['after=a&after=b', 'after must be text'],
    ['after=%00', 'after is not a cursor of this list'],
    ['sort=__proto__', expect.stringMatching(/^sort must be one of /)],
    ['order=constructor', 'order must be one of asc, desc'],
  ])('%s is refused', async (query, detail) => {
    const answer = await list(query);
    expect([answer.status, answer.detail]).toEqual([422, detail]);
  });

  test.each(['limit[]=1', '__proto__[limit]=1', 'toString=1&hasOwnProperty=1', 'a=1&'.repeat(3000)])(
    '%s is ignored like all that no field is named',
    async query => {
      const { status, body } = await list(query);
      expect([status, body.total_count, body.users.length]).toEqual([200, 3, 3]);
    },
  );

  test('finds nobody by NUL', async () => {
    const { status, body } = await list('search=a%00');
    expect([status, body.users]).toEqual([200, []]);
  });
});

test('none of it is in the log, and nothing in it is an error', () => {
  const levels = new Set(t.logged().map(({ level }) => level));
  expect(levels).toEqual(new Set([30]));
  expect(t.log()).not.toContain(planted);
  expect(t.log()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});
