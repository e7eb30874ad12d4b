import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../support/accounts.ts';
import { type Expected, expectAnswer, openServer, type Sends, said, type TestHttp } from '../support/http.ts';

const whoami = 'GET /api/v1/users/whoami';

let t: TestHttp;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  t = await openServer();
  tokens.ada = await t.bearerOf('ada');
  for (const name of ['deleted', 'inactive', 'signed-out']) {
    await t.add(name);
    tokens[name] = await t.bearerOf(name);
  }
  const undashed = (name: string) => t.ids[name]?.replaceAll('-', '') ?? '';
  await t.accounts.users.remove(operator, undashed('deleted'));
  await t.accounts.users.change(operator, undashed('inactive'), { isActive: false });
  await t.call('POST /api/v1/logout', { as: 'signed-out' });
  tokens.forged = await new SignJWT({ type: 'access', sub: t.ids.root ?? '', sid: t.ids.root ?? '' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(Buffer.from('the secret key of the tests, long enough'));
});
afterAll(() => t[Symbol.asyncDispose]());

/** `{name}` is that user's token. */
const cases: (Expected & { name: string; path?: string; headers?: Record<string, string> })[] = [
  { name: 'nothing', status: 403, detail: said.nothingSent },
  { name: 'a token', headers: { authorization: 'Bearer {ada}' }, status: 200, shows: ['"ada"'] },
  { name: 'a token, the scheme in small letters', headers: { authorization: 'bearer {ada}' }, status: 200 },
  { name: 'a token and a key', headers: { authorization: 'Bearer {ada}', 'x-api-key': 'sk-x' }, status: 200 },
  {
    name: 'a broken token and a key: the token decides',
    headers: { authorization: 'Bearer x', 'x-api-key': 'sk-x' },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'a bearer without a token',
    headers: { authorization: 'Bearer' },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'the word undefined',
    headers: { authorization: 'Bearer undefined' },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'a forged token',
    headers: { authorization: 'Bearer {forged}' },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'the token of a session that was signed out',
    headers: { authorization: 'Bearer {signed-out}' },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'the token of a deleted user',
    headers: { authorization: 'Bearer {deleted}' },
    status: 401,
    detail: said.nobody,
  },
  {
    name: 'the token of an inactive user',
    headers: { authorization: 'Bearer {inactive}' },
    status: 401,
    detail: said.nobody,
  },
  { name: 'another scheme', headers: { authorization: 'Basic YTpi' }, status: 403, detail: said.nothingSent },
  { name: 'an API key', headers: { 'x-api-key': 'sk-x' }, status: 403, detail: said.badKey },
  { name: 'an empty API key', headers: { 'x-api-key': '' }, status: 403, detail: said.nothingSent },
  { name: 'an API key in the query', path: '?x-api-key=sk-x', status: 403, detail: said.badKey },
  { name: 'two API keys in the query', path: '?x-api-key=a&x-api-key=b', status: 403, detail: said.badKey },
  {
    name: 'the cookie of the access token alone',
    headers: { cookie: 'access_token_lf={ada}' },
    status: 403,
    detail: said.nothingSent,
  },
];

test.each(cases)('$name is answered with $status', async ({ path = '', headers = {}, ...expected }) => {
  const filled = Object.entries(headers).map(([name, value]) => [
    name,
    value.replace(/\{(.*)\}/, (_, user: string) => tokens[user] ?? ''),
  ]);
  const sends: Sends = { headers: Object.fromEntries(filled) };
  expectAnswer(await t.call(whoami + path, sends), expected);
});

test('an API key in the query does not count where something is changed', async () => {
  const answer = await t.call('POST /api/v1/users/?x-api-key=sk-x', { json: {} });
  expectAnswer(answer, { status: 403, detail: said.nothingSent });
});

test('a signed-in user reads exactly the documented fields', async () => {
  const { body } = await t.call(whoami, { as: 'ada' });
  expect(body).toEqual({
    id: t.ids.ada,
    username: 'ada',
    profile_image: null,
    store_api_key: null,
    is_active: true,
    is_superuser: false,
    create_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    updated_at: expect.stringMatching(/Z$/),
    last_login_at: expect.stringMatching(/Z$/),
    version: 1,
  });
});

test('an access token is refused an hour after it was given', async () => {
  await using own = await openServer();
  const bearer = await own.bearerOf('ada');
  const asks = () => own.call(whoami, { headers: { authorization: `Bearer ${bearer}` } });
  own.pass(3599);
  expect((await asks()).status).toBe(200);
  own.pass(1);
  expectAnswer(await asks(), { status: 401, detail: said.badToken });
});
