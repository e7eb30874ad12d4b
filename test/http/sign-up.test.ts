import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BcryptLane, createBcryptLane } from '../../src/accounts/bcrypt-lane.ts';
import { usual } from '../support/accounts.ts';
import { type Expected, expectAnswer, openServer, type Sends, said, type TestHttp } from '../support/http.ts';

const what = 'POST /api/v1/users/';
const on = { settings: { enableSignup: true } };

let t: TestHttp;
beforeAll(async () => {
  t = await openServer(on);
  await t.add('leaver');
  await t.bearerOf('leaver');
  await t.call(`PATCH /api/v1/users/${t.ids.leaver}`, { as: 'root', json: { is_active: false } });
});
afterAll(() => t[Symbol.asyncDispose]());

const password = 'a good new password';
let made = 0;
const unused = () => `new-${++made}`;
const count = async () => (await t.rows('select id from user')).length;
/** Signs up as if nobody had before. */
const signUp = async (json: object, sends: Sends = {}) => {
  await t.rows('delete from throttle');
  return t.call(what, { json: { username: unused(), password, ...json }, ...sends });
};

const flags = { is_active: true, is_superuser: true };
const ordinary = ['"is_active":false', '"is_superuser":false'];
const cases: (Expected & { name: string; json?: object; sends?: Sends })[] = [
  { name: 'a guest', status: 201, shows: ordinary, hides: ['password', password] },
  { name: 'a guest who sends flags', json: flags, status: 201, shows: ordinary },
  { name: 'a guest who sends an id', json: { id: 'x', version: 9 }, status: 201, shows: ['"version":1'] },
  {
    name: 'an empty bearer',
    sends: { headers: { authorization: 'Bearer' } },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'a bearer that is none',
    sends: { headers: { authorization: 'Bearer nonsense' } },
    status: 401,
    detail: said.badToken,
  },
  {
    name: 'an API key that is none',
    sends: { headers: { 'x-api-key': 'nonsense' } },
    status: 403,
    detail: said.badKey,
  },
  {
    name: 'a name that is taken',
    json: { username: 'ADA' },
    status: 400,
    detail: 'This username is unavailable.',
    hides: ['ada'],
  },
  {
    name: 'the reserved name',
    json: { username: 'langinfra' },
    status: 400,
    detail: 'The name langinfra is reserved for automatic sign-in',
  },
  {
    name: 'an empty name',
    json: { username: '' },
    status: 422,
    detail: 'A username has at least one character',
  },
  {
    name: 'a short password',
    json: { password: 'short' },
    status: 422,
    detail: 'A password has at least 8 characters',
  },
  {
    name: 'a common password',
    json: { password: 'trustno1' },
    status: 422,
    detail: 'This is one of the most common passwords',
  },
  { name: 'no password', json: { password: undefined }, status: 422, detail: 'password is missing' },
  { name: 'a list as name', json: { username: ['x'] }, status: 422, detail: 'username must be text' },
  {
    name: 'a form',
    sends: { form: { username: 'x', password }, json: undefined },
    status: 415,
    detail: 'Send the body as application/json',
  },
];

describe('where sign-up is on', () => {
  test.each(cases)('$name is answered with $status', async ({ json = {}, sends, ...expected }) => {
    const before = await count();
    const answer = await signUp(json, sends);
    expectAnswer(answer, expected);
    expect(answer.setCookies).toEqual([]);
    expect(await count()).toBe(before + (expected.status === 201 ? 1 : 0));
  });

  const fresh = () => ({ username: unused(), password });

  test('an ordinary user gets no more than a guest', async () => {
    const answer = await t.call(what, { as: 'ada', json: { ...fresh(), ...flags } });
    expectAnswer(answer, { status: 201, shows: ordinary });
  });

  test('a superuser adds users with flags, as ever', async () => {
    const answer = await t.call(what, { as: 'root', json: { ...fresh(), ...flags } });
    expectAnswer(answer, { status: 201, shows: ['"is_active":true', '"is_superuser":true'] });
  });

  test('the token of somebody deactivated, or one that has expired, is refused all the same', async () => {
    const before = await count();
    const answer = await t.call(what, { as: 'leaver', json: fresh() });
    expectAnswer(answer, { status: 401, detail: said.nobody });
    expect(await count()).toBe(before);
    await using s = await openServer(on);
    await s.bearerOf('bob');
    s.pass(3601);
    expectAnswer(await s.call(what, { as: 'bob', json: fresh() }), { status: 401, detail: said.badToken });
  });

  test('a new user waits for approval, has the default folder, and signs in once a superuser has let it', async () => {
    const { body } = await signUp({ username: 'carol', password: usual });
    const id = body.id.replaceAll('-', '');
    expect(await t.rows('select name from folder where user_id = ?', id)).toEqual([{ name: 'My Projects' }]);
    expectAnswer(await t.login('carol'), { status: 400, detail: 'Waiting for approval' });
    await t.call(`PATCH /api/v1/users/${body.id}`, { as: 'root', json: { is_active: true } });
    expect((await t.login('carol')).status).toBe(200);
  });

  test('a new user can sign in at once where NEW_USER_IS_ACTIVE says so', async () => {
    const open = await t.anotherServer({ settings: { enableSignup: true, newUserIsActive: true } });
    await t.rows('delete from throttle');
    const answer = await open.call(what, { json: { username: 'dora', password: usual, ...flags } });
    expectAnswer(answer, { status: 201, shows: ['"is_active":true', '"is_superuser":false'] });
    expect((await open.login('dora')).status).toBe(200);
  });
});

test('after ten in an hour the address is asked to wait; superusers add users all the same', async () => {
  await using s = await openServer(on);
  for (let at = 0; at < 10; at += 1)
    expect((await s.call(what, { json: { username: `new-${at}`, password } })).status).toBe(201);
  for (const as of [undefined, 'ada']) {
    const answer = await s.call(what, { as, json: { username: 'one-more', password } });
    const detail = 'Too many sign-ups from your address. Try again in 60 minutes';
    expectAnswer(answer, { status: 429, detail });
    expect(answer.headers.get('retry-after')).toBe('3600');
  }
  expect((await s.call(what, { as: 'root', json: { username: 'one-more', password } })).status).toBe(201);
});

test('where 1,000 wait for approval already, a guest is told so and nobody is added', async () => {
  await using s = await openServer(on);
  await s.rows(`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 1000)
    insert into user (id, username, username_fold, password, is_active, is_superuser, create_at, updated_at)
    select printf('%032d', n), 'p' || n, 'p' || n, '', 0, 0, '2026-01-01', '2026-01-01' from numbers`);
  const detail = 'Too many accounts wait for approval already. Ask a superuser to go through them';
  const json = { username: 'one-more', password };
  expectAnswer(await s.call(what, { json }), { status: 409, detail });
  expect((await s.call(what, { as: 'root', json })).status).toBe(201);
});

/** So many stand in the line of one thread, and whoever was served comes again. Gives what ends it. */
const crowdAt = (lane: BcryptLane, waiting: number) => {
  const hash = `$2b$10$${'a'.repeat(53)}`;
  const again = (): Promise<unknown> =>
    lane.compare('x', hash, [], { line: 'strangers' }).then(again, () => undefined);
  const crowd = Array.from({ length: waiting + 1 }, again);
  return async () => {
    await lane.close();
    await Promise.all(crowd);
  };
};

test('who signs up stands in line with those who sign in over HTTP: past its bound one is asked to come again', async () => {
  const lane = createBcryptLane(1);
  await using s = await openServer({ ...on, lane });
  await s.bearerOf('root');
  const end = crowdAt(lane, 128);
  const json = { username: 'one-more', password };
  const answer = await s.call(what, { json });
  expectAnswer(answer, { status: 503 });
  expect(answer.headers.get('retry-after')).toBe('5');
  // A superuser is none of them, nor is whoever sits at the console.
  expect((await s.call(what, { as: 'root', json })).status).toBe(201);
  expect(await s.accounts.signUp({ username: 'another', password })).toMatchObject({ username: 'another' });
  await end();
});

test('when the server stops, who waits to sign up is told so, and no account is made', async () => {
  const lane = createBcryptLane(1);
  await using s = await openServer({ ...on, lane });
  const end = crowdAt(lane, 100);
  const answer = s.call(what, { json: { username: 'one-more', password } });
  await expect.poll(() => lane.load().waiting).toBe(101);
  const closed = s.close();
  expectAnswer(await answer, { status: 503, detail: 'The server is stopping' });
  await closed;
  expect(await s.rows("select id from user where username = 'one-more'")).toEqual([]);
  await end();
});
