import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Expected, expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const nobody = '00000000-0000-4000-8000-000000000000';
let count = 0;

/** `victim`: somebody who was added just before. */
const cases: (Expected & { as?: string; whom: string; path: () => string | undefined })[] = [
  {
    as: 'ada',
    whom: 'bob',
    path: () => t.ids.bob,
    status: 403,
    detail: said.superuserNeeded,
    hides: ['bob'],
  },
  { as: 'ada', whom: 'herself', path: () => t.ids.ada, status: 403, detail: said.superuserNeeded },
  { as: 'ada', whom: 'nobody', path: () => nobody, status: 403, detail: said.superuserNeeded },
  {
    as: 'bob',
    whom: 'ada',
    path: () => t.ids.ada,
    status: 403,
    detail: said.superuserNeeded,
    hides: ['ada'],
  },
  { whom: 'bob', path: () => t.ids.bob, status: 403, detail: said.nothingSent, hides: ['bob'] },
  {
    as: 'root',
    whom: 'himself',
    path: () => t.ids.root,
    status: 400,
    detail: "You can't delete your own user account",
  },
  { as: 'root', whom: 'nobody', path: () => nobody, status: 404, detail: 'User not found' },
  { as: 'root', whom: 'no UUID', path: () => '17', status: 422, detail: 'id must be a UUID' },
  {
    as: 'root',
    whom: 'half a UUID',
    path: () => t.ids.bob?.slice(1),
    status: 422,
    detail: 'id must be a UUID',
  },
  {
    as: 'root',
    whom: 'a UUID with dashes elsewhere',
    path: () => `${t.ids.bob?.replaceAll('-', '').slice(0, 31)}-`,
    status: 422,
    detail: 'id must be a UUID',
  },
  {
    as: 'root',
    whom: '5,000 letters',
    path: () => 'a'.repeat(5000),
    status: 422,
    detail: 'id must be a UUID',
  },
  { as: 'root', whom: 'SQL', path: () => "'%20or%201=1--", status: 422, detail: 'id must be a UUID' },
  { as: 'root', whom: 'whoami', path: () => 'whoami', status: 422, detail: 'id must be a UUID' },
];
test.each(cases)('$as deleting $whom is answered with $status', async ({ as, path, ...expected }) => {
  const users = () => t.rows('select id from user order by id');
  const before = await users();
  expectAnswer(await t.call(`DELETE /api/v1/users/${path()}`, { as }), expected);
  expect(await users()).toEqual(before);
});

test.each([
  ['dashed', (id: string) => id],
  ['undashed', (id: string) => id.replaceAll('-', '')],
  ['in capitals', (id: string) => id.toUpperCase()],
])('a superuser deletes a user by an id %s, with folders and sessions', async (_, written) => {
  const name = `victim-${++count}`;
  await t.add(name);
  await t.login(name);
  const id = t.ids[name] ?? '';
  const answer = await t.call(`DELETE /api/v1/users/${written(id)}`, { as: 'root' });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ detail: 'User deleted' });
  const stored = id.replaceAll('-', '');
  for (const query of ['user where id', 'folder where user_id', 'session where user_id']) {
    expect(await t.rows(`select * from ${query} = ?`, stored)).toEqual([]);
  }
});

test('a body and its content type do not matter', async () => {
  await t.add('with-body');
  const headers = { 'content-type': 'application/json' };
  const answer = await t.call(`DELETE /api/v1/users/${t.ids['with-body']}`, { as: 'root', headers });
  expect(answer.status).toBe(200);
});

test('the last superuser stays, whoever asks', async () => {
  await using own = await openServer({ settings: { autoLogin: true } });
  await own.accounts.bootstrap.prepare(undefined);
  const { body } = await own.call('GET /api/v1/auto_login');
  const headers = { authorization: `Bearer ${body.access_token}` };
  expectAnswer(await own.call(`DELETE /api/v1/users/${own.ids.root}`, { headers }), {
    status: 409,
    detail: 'The last superuser stays',
  });
});

test('a user who has flows of the Python Langinfra stays, and that is said', async () => {
  await using own = await openServer();
  await own.rows('create table flow (id varchar primary key, folder_id references folder (id))');
  await own.rows(
    "insert into flow select 'flow', id from folder where user_id = ?",
    (own.ids.bob ?? '').replaceAll('-', ''),
  );
  expectAnswer(await own.call(`DELETE /api/v1/users/${own.ids.bob}`, { as: 'root' }), {
    status: 409,
    detail: 'This user still has flows or variables of the Python Langinfra. Delete those there first',
  });
  expect((await own.login('bob')).status).toBe(200);
});
