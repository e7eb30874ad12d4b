import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestHttp } from '../support/http.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer({ server: { logLevel: 'trace' } });
});
afterAll(() => t[Symbol.asyncDispose]());

/** What a client would like to see in the log: a secret that somebody finds there later, or a line of its own making. */
const planted = 'planted-secret';
const ownLine = '"}\n{"level":60,"msg":"planted-line"}\n\x1b[2J\u202e';

const close = 'Connection: close\r\n';
const request = (line: string, headers = '', body = '') =>
  `${line} HTTP/1.1\r\n${/^host:/im.test(headers) ? '' : 'Host: localhost\r\n'}${close}${headers}` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const withHeader = (name: string) => request('GET /health', `${name}: ${planted} "}{"level":60\r\n`);
const json = (line: string, body: unknown) =>
  request(line, 'Content-Type: application/json\r\nAuthorization: Bearer {root}\r\n', JSON.stringify(body));
const form = (fields: Record<string, string>) =>
  request(
    'POST /api/v1/login',
    'Content-Type: application/x-www-form-urlencoded\r\n',
    new URLSearchParams(fields).toString(),
  );

const names = [
  ...[
    'Authorization',
    'X-Api-Key',
    'Cookie',
    'Request-Id',
    'X-Request-Id',
    'X-Correlation-Id',
    'Traceparent',
  ],
  ...['User-Agent', 'Referer', 'Origin', 'X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'X-Real-Ip'],
  ...['Host', 'Accept', 'Accept-Version', 'Content-Encoding', 'Upgrade', 'Expect', 'Content-Type'],
];

const requests: Record<string, string> = {
  ...Object.fromEntries(names.map(name => [`the header ${name}`, withHeader(name)])),
  'the name of a header': request('GET /health', `${planted}: x\r\n`),
  'a query': request(`GET /health?${planted}=${planted}`),
  'a broken query': request(`GET /health?${planted}=%zz`),
  'what follows a #': request(`GET /health#${planted}`),
  'what follows a # after a ?': request(`GET /health?a#${planted}`),
  'the query of a path that is not there': request(`GET /nope?x-api-key=${planted}`),
  'the query of a path that cannot be decoded': request(`GET /%zz?x-api-key=${planted}`),
  'the query of a method that is not there': request(`PUT /api/v1/login?x-api-key=${planted}`),
  'a target with a password': request(`GET http://a:${planted}@localhost/health`),
  'a target of another scheme': request(`GET ftp://${planted}@localhost/health`),
  'a method': request(`${planted.toUpperCase()} /health`),
  'a password': form({ username: 'ada', password: planted }),
  'a username': form({ username: planted + ownLine, password: 'x' }),
  'an unknown field': form({ username: 'ada', password: 'x', [planted]: ownLine }),
  'a new user': json('POST /api/v1/users/', { username: planted + ownLine, password: planted }),
  'a password that is refused': json('POST /api/v1/users/', { username: 'x', password: `${planted}\0` }),
  'a field of another type': json('POST /api/v1/users/', { username: { [planted]: ownLine }, password: 1 }),
  'a key twice': request(
    'POST /api/v1/users/',
    'Content-Type: application/json\r\nAuthorization: Bearer {root}\r\n',
    `{"${planted}":1,"${planted}":2}`,
  ),
  'what is no JSON': request(
    'POST /api/v1/users/',
    'Content-Type: application/json\r\nAuthorization: Bearer {root}\r\n',
    `{"${planted}`,
  ),
  'an image': json('PATCH /api/v1/users/{id}', { profile_image: planted + ownLine, username: planted }),
  'what is no HTTP': `${planted} ${ownLine}\r\n\r\n`,
};

test.each(Object.entries(requests))('%s leaves no trace', async (_name, text) => {
  const bearer = await t.bearerOf('root');
  await t.raw(text.replace('{root}', bearer).replace('{id}', t.ids.ada ?? ''));
  expect(t.log().toLowerCase()).not.toContain(planted);
  expect(t.log()).not.toContain(bearer);
});

// A path is logged, as it was sent: nothing in it can end a line or move a cursor.
test.each([
  '/%0a%22%7d%7b%22level%22:60%7d',
  '/%1b[2J%1b]0;owned%07',
  '/%e2%80%ae%e2%80%a8',
  '/"}{"level":60,"msg":"planted-line"}',
  `/${'x'.repeat(15_000)}`,
])('the path %s makes no line of its own', async path => {
  const before = t.logged().length;
  await t.raw(request(`GET ${path}`));
  const lines = t.logged().slice(before);
  expect(lines.map(({ msg }) => msg)).toEqual(['request']);
  expect(lines[0].path).toBe(path.slice(0, 200));
});

test('every line is one of ours, with what ours have', () => {
  const lines = t.log().trimEnd().split('\n');
  const usual = [
    'level',
    'time',
    'pid',
    'hostname',
    'reqId',
    'method',
    'path',
    'status',
    'ms',
    'msg',
    'address',
    'user',
  ];
  for (const line of lines) {
    expect(line).toMatch(/^[\x20-\x7e]*$/);
    expect(usual).toEqual(expect.arrayContaining(Object.keys(JSON.parse(line))));
    expect(JSON.parse(line).level).toBeLessThanOrEqual(30);
  }
  expect(lines.length).toBeGreaterThan(Object.keys(requests).length - 5);
});
