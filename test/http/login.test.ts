import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBcryptLane } from '../../src/accounts/bcrypt-lane.ts';
import { usual } from '../support/accounts.ts';
import { type Expected, expectAnswer, openServer, type Sends, said, type TestHttp } from '../support/http.ts';

const what = 'POST /api/v1/login';
const jwt = '[\\w-]+\\.[\\w-]+\\.[\\w-]+';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
  await t.add('pending', { isActive: false });
  await t.add('leaver');
  await t.login('leaver');
  await t.call(`PATCH /api/v1/users/${t.ids.leaver}`, { as: 'root', json: { is_active: false } });
});
afterAll(() => t[Symbol.asyncDispose]());

describe('the right name and password', () => {
  test('are answered with two tokens', async () => {
    const answer = await t.login('ada');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(`^${jwt}$`),
      refresh_token: expect.stringMatching(`^${jwt}$`),
      token_type: 'bearer',
    });
  });

  test('set three cookies, the refresh token out of the reach of scripts', async () => {
    const { body, setCookies } = await t.login('ada');
    expect(setCookies).toEqual([
      `refresh_token_lf=${body.refresh_token}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax`,
      `access_token_lf=${body.access_token}; Max-Age=3600; Path=/; SameSite=Lax`,
      'apikey_tkn_lflw=; Path=/; SameSite=Lax',
    ]);
  });

  test('give tokens with the documented claims', async () => {
    const { body } = await t.login('ada');
    const now = Math.floor(t.clock().getTime() / 1000);
    const uuid = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    const common = { sub: t.ids.ada, iat: now, sid: uuid };
    const [access, refresh] = [body.access_token, body.refresh_token].map(partsOf);
    expect(access?.header).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(access?.claims).toEqual({ ...common, type: 'access', exp: now + 3600 });
    expect(refresh?.claims).toEqual({ ...common, type: 'refresh', exp: now + 604_800, jti: uuid });
    expect(refresh?.claims.sid).toBe(access?.claims.sid);
  });

  test('count as the last login, and make the default folder where it is missing', async () => {
    const user = await t.add('visitor');
    await t.store.write(tx => tx.folders.removeOf(user.id));
    await t.login('visitor');
    const { body } = await t.call('GET /api/v1/users/whoami', { as: 'visitor' });
    expect(body.last_login_at).toBe(t.clock().toISOString().replace('Z', '000Z'));
    const folders = await t.rows('select name from folder where user_id = ?', user.id);
    expect(folders).toEqual([{ name: 'My Projects' }]);
  });
});

const right = { username: 'ada', password: usual };
const cases: (Expected & { name: string; sends: Sends })[] = [
  {
    name: 'a wrong password',
    sends: { form: { ...right, password: 'wrong' } },
    status: 401,
    detail: said.badLogin,
  },
  {
    name: 'an unknown name',
    sends: { form: { ...right, username: 'eve' } },
    status: 401,
    detail: said.badLogin,
  },
  {
    name: 'a wrong password of a pending user',
    sends: { form: { username: 'pending', password: 'wrong' } },
    status: 401,
    detail: said.badLogin,
  },
  {
    name: 'the right password of a pending user',
    sends: { form: { username: 'pending', password: usual } },
    status: 400,
    detail: 'Waiting for approval',
  },
  {
    name: 'the right password of somebody deactivated',
    sends: { form: { username: 'leaver', password: usual } },
    status: 401,
    detail: 'Inactive user',
  },
  {
    name: 'NUL in the name',
    sends: { form: { ...right, username: 'ada\0' } },
    status: 401,
    detail: said.badLogin,
  },
  {
    name: 'a password of 60,000 bytes',
    sends: { form: { ...right, password: 'x'.repeat(60_000) } },
    status: 401,
    detail: said.badLogin,
  },
  { name: 'the name in capitals', sends: { form: { ...right, username: 'ADA' } }, status: 200 },
  { name: 'grant_type password', sends: { form: { ...right, grant_type: 'password' } }, status: 200 },
  { name: 'an empty grant_type', sends: { form: { ...right, grant_type: '' } }, status: 200 },
  { name: 'unknown fields', sends: { form: { ...right, scope: '', client_id: 'x' } }, status: 200 },
  {
    name: 'another grant_type',
    sends: { form: { ...right, grant_type: 'client_credentials' } },
    status: 422,
    detail: 'grant_type must be password',
  },
  {
    name: 'no password',
    sends: { form: { username: 'ada' } },
    status: 422,
    detail: 'password is missing',
  },
  { name: 'no name', sends: { form: { password: usual } }, status: 422, detail: 'username is missing' },
  {
    name: 'two names',
    sends: {
      body: new URLSearchParams([
        ['username', 'ada'],
        ['username', 'bob'],
        ['password', usual],
      ]),
    },
    status: 422,
    detail: 'username must be text',
  },
  { name: 'nothing at all', sends: {}, status: 422, detail: 'The body must have named fields' },
  {
    name: 'JSON',
    sends: { json: right },
    status: 415,
    detail: 'Send the body as application/x-www-form-urlencoded',
  },
  {
    name: 'more than 64 KiB',
    sends: { form: { ...right, password: 'x'.repeat(65_536) } },
    status: 413,
    detail: 'The body is larger than 64 KiB',
  },
];

test.each(cases)('$name is answered with $status', async ({ sends, ...expected }) => {
  const answer = await t.call(what, sends);
  expectAnswer(answer, expected);
  if (expected.status !== 200) expect(answer.setCookies).toEqual([]);
});

test('an unknown name costs as much hashing as a wrong password', async () => {
  const costOf = async (username: string) => {
    t.lane.jobs.length = 0;
    await t.login(username, 'wrong');
    return t.lane.jobs.map(job => job.kind);
  };
  expect(await costOf('nobody at all')).toEqual(await costOf('ada'));
});

test('when too many sign-ins wait, one more is asked to come again', async () => {
  // A lane without a worker has no room for anybody.
  const full = await t.anotherServer({ lane: createBcryptLane(0) });
  const answer = await full.login('ada');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
});

const partsOf = (token: string) => {
  const [header, claims] = token.split('.').map(part => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header ?? ''), claims: JSON.parse(claims ?? '') };
};
