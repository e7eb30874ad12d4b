import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../support/accounts.ts';
import { type Expected, expectAnswer, openServer, type Sends, said, type TestHttp } from '../support/http.ts';

const whoami = 'GET /api/v1/users/whoami';

let t: TestHttp;
const keyOf = async (as: string): Promise<string> =>
  (await t.call('POST /api/v1/api_key/', { as, json: {} })).body.api_key;
/** By what stands in braces in the cases: a user's name for a token, `key of` a user for an API key. */
const tokens: Record<string, string> = {};
beforeAll(async () => {
  t = await openServer();
  tokens.ada = await t.bearerOf('ada');
  tokens['key of bob'] = await keyOf('bob');
  for (const name of ['deleted', 'inactive', 'signed-out']) {
    await t.add(name);
    tokens[name] = await t.bearerOf(name);
    tokens[`key of ${name}`] = await keyOf(name);
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
  { name: 'an API key', headers: { 'x-api-key': '{key of bob}' }, status: 200, shows: ['"bob"'] },
  { name: 'an API key in the query', path: '?x-api-key={key of bob}', status: 200, shows: ['"bob"'] },
  {
    name: 'a key and another in the query: the header decides',
    path: '?x-api-key={key of bob}',
    headers: { 'x-api-key': 'sk-x' },
    status: 403,
    detail: said.badKey,
  },
  {
    name: 'an empty key, and one in the query',
    path: '?x-api-key={key of bob}',
    headers: { 'x-api-key': '' },
    status: 200,
    shows: ['"bob"'],
  },
  {
    name: 'a token and the key of another: the token decides',
    headers: { authorization: 'Bearer {ada}', 'x-api-key': '{key of bob}' },
    status: 200,
    shows: ['"ada"'],
    hides: ['"bob"'],
  },
  {
    name: 'a broken token and a good key: the token decides',
    headers: { authorization: 'Bearer x', 'x-api-key': '{key of bob}' },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'a key as token',
    headers: { authorization: 'Bearer {key of bob}' },
    status: 401,
    detail: said.badToken,
  },
  { name: 'a token as key', headers: { 'x-api-key': '{ada}' }, status: 403, detail: said.badKey },
  {
    name: 'another scheme and a key',
    headers: { authorization: 'Basic YTpi', 'x-api-key': '{key of bob}' },
    status: 200,
  },
  {
    name: 'the key of a deleted user',
    headers: { 'x-api-key': '{key of deleted}' },
    status: 403,
    detail: said.badKey,
  },
  {
    name: 'the key of an inactive user',
    headers: { 'x-api-key': '{key of inactive}' },
    status: 401,
    detail: 'Inactive user',
    hides: ['"inactive"'],
  },
  { name: 'the key of who signed out', headers: { 'x-api-key': '{key of signed-out}' }, status: 200 },
  { name: 'an unknown API key', headers: { 'x-api-key': 'sk-x' }, status: 403, detail: said.badKey },
  { name: 'an empty API key', headers: { 'x-api-key': '' }, status: 403, detail: said.nothingSent },
  { name: 'an unknown key in the query', path: '?x-api-key=sk-x', status: 403, detail: said.badKey },
  {
    name: 'the same key twice in the query',
    path: '?x-api-key={key of bob}&x-api-key={key of bob}',
    status: 403,
    detail: said.badKey,
  },
  {
    name: 'a cookie alone',
    headers: { cookie: 'access_token_lf={ada}; apikey_tkn_lflw={key of bob}' },
    status: 403,
    detail: said.nothingSent,
  },
];

test.each(cases)('$name is answered with $status', async ({ path = '', headers = {}, ...expected }) => {
  const fill = (text: string) => text.replace(/\{(.*?)\}/g, (_, whose: string) => tokens[whose] ?? '');
  const filled = Object.entries(headers).map(([name, value]) => [name, fill(value)]);
  const sends: Sends = { headers: Object.fromEntries(filled) };
  expectAnswer(await t.call(whoami + fill(path), sends), expected);
});

test('an API key in the query does not count where something is changed', async () => {
  for (const key of ['sk-x', await keyOf('root')]) {
    for (const what of [
      'POST /api/v1/users/',
      `PATCH /api/v1/users/${t.ids.bob}`,
      `DELETE /api/v1/users/${t.ids.bob}`,
    ])
      expectAnswer(await t.call(`${what}?x-api-key=${key}`, { json: {} }), {
        status: 403,
        detail: said.nothingSent,
      });
  }
});

test('HEAD takes an API key as GET does', async () => {
  const head = (key: string) => t.call(`HEAD /api/v1/users/whoami?x-api-key=${key}`);
  expect((await head(tokens['key of bob'] ?? '')).status).toBe(200);
  expect((await head('sk-x')).status).toBe(403);
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
