import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import {
  type Answer,
  type Expected,
  expectAnswer,
  openServer,
  said,
  type TestHttp,
} from '../support/http.ts';

const password = 'a good new password';
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
  // Once changed: there is an older version to be stale.
  for (const name of ['ada', 'bob']) await change(name, name, { profile_image: 'first.svg' });
});
afterAll(() => t[Symbol.asyncDispose]());

const change = (as: string | undefined, whom: string, json: unknown): Promise<Answer> =>
  t.call(`PATCH /api/v1/users/${t.ids[whom]}`, { as, json });

const cases: (Expected & { as: string; whom: string; json: object })[] = [
  { as: 'bob', whom: 'ada', json: { profile_image: 'x' }, status: 403, detail: said.denied, hides: ['ada'] },
  { as: 'bob', whom: 'ada', json: { version: 1 }, status: 403, detail: said.denied, hides: ['ada'] },
  {
    as: 'ada',
    whom: 'ada',
    json: { username: 'Root' },
    status: 400,
    detail: 'This username is unavailable.',
    hides: ['"root"'],
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { username: 'langinfra' },
    status: 400,
    detail: 'The name langinfra is reserved for automatic sign-in',
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { username: ' ada' },
    status: 422,
    detail: 'A username has no space at its ends',
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { username: 'x'.repeat(65) },
    status: 422,
    detail: 'A username has at most 64 characters',
  },
  { as: 'ada', whom: 'ada', json: { is_active: '' }, status: 422, detail: 'is_active must be true or false' },
  {
    as: 'root',
    whom: 'ada',
    json: { is_superuser: [] },
    status: 422,
    detail: 'is_superuser must be true or false',
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { profile_image: 'y', version: 1 },
    status: 409,
    detail: 'ada was changed meanwhile: it was version 1 and is 2. Nothing was changed now; look again',
  },
  {
    as: 'root',
    whom: 'ada',
    json: { is_active: false, version: 1 },
    status: 409,
    detail: 'ada was changed meanwhile: it was version 1 and is 2. Nothing was changed now; look again',
  },
  { as: 'root', whom: 'ada', json: { password, version: 1 }, status: 409 },
];
test.each(cases)(
  '$json for $whom from $as is answered with $status, and nothing changes',
  async ({ as, whom, json, ...expected }) => {
    await t.bearerOf(as);
    const before = await t.everything();
    expectAnswer(await change(as, whom, json), expected);
    expect(await t.everything()).toEqual(before);
  },
);

describe('what is stored already is no change, and nobody is refused it', () => {
  test.each([
    ['ada', { profile_image: 'first.svg', version: 1 }],
    ['ada', { is_active: 'yes', is_superuser: 'no' }],
    ['ada', { username: 'ada', is_active: 1, is_superuser: 0, password: '', version: 1 }],
    ['root', { username: 'ada', is_active: true, version: 1 }],
    ['root', { last_login_at: '2020-01-01T00:00:00Z', version: 1 }],
  ])('%s sends %j', async (as, json) => {
    const { body: before } = await t.call(`GET /api/v1/users/${t.ids.ada}`, { as: 'root' });
    t.pass(1);
    const answer = await change(as, 'ada', json);
    expect([answer.status, answer.body]).toEqual([200, before]);
  });
});

test('an ordinary user sends back the whole account with the image changed', async () => {
  const { body: self } = await t.call('GET /api/v1/users/whoami', { as: 'bob' });
  t.pass(1);
  const { status, body } = await change('bob', 'bob', { ...self, profile_image: 'second.svg' });
  expect(status).toBe(200);
  expect(body).toEqual({
    ...self,
    profile_image: 'second.svg',
    version: self.version + 1,
    updated_at: expect.stringMatching(time),
  });
  for (const at of [body.create_at, body.updated_at, body.last_login_at]) expect(at).toMatch(time);
});

test.each(['y', 't', 'on', 'TRUE', '1', 1, true])('%j makes active, and its contrary inactive', async yes => {
  const contrary = { y: 'N', t: 'f', on: 'Off', TRUE: 'False', '1': '0' } as Record<string, string>;
  const name = `flag-${typeof yes}-${yes}`;
  await t.add(name, { isActive: false });
  expect((await change('root', name, { is_active: yes })).body.is_active).toBe(true);
  const no = typeof yes === 'string' ? contrary[yes] : yes === 1 ? 0 : false;
  expect((await change('root', name, { is_active: no })).body.is_active).toBe(false);
});

describe('the guards, as the automatic superuser meets them', () => {
  const opened = async () => {
    const own = await openServer({ settings: { autoLogin: true } });
    await own.accounts.bootstrap.prepare(undefined);
    const { body } = await own.call('GET /api/v1/auto_login');
    const headers = { authorization: `Bearer ${body.access_token}` };
    const patch = (id: string | undefined, json: object, sends: object = { headers }) =>
      own.call(`PATCH /api/v1/users/${id}`, { ...sends, json });
    return { own, patch, headers, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
  };

  test.each([{ is_active: false }, { is_superuser: false }])('the last superuser stays: %j', async json => {
    await using it = await opened();
    const { root } = it.own.ids;
    expectAnswer(await it.patch(root, json), { status: 409, detail: 'The last superuser stays' });
    await it.own.add('second', { isSuperuser: true });
    expect((await it.patch(root, json)).status).toBe(200);
  });

  test.each([
    { is_active: false },
    { is_superuser: false },
    { username: 'robot' },
    { profile_image: 'x' },
    { password },
  ])('the automatic account stays as it is, for other superusers too: %j', async json => {
    await using it = await opened();
    const { body } = await it.own.call('GET /api/v1/users/whoami', { headers: it.headers });
    const refusal = { status: 409, detail: 'The automatic account stays as it is' };
    expectAnswer(await it.patch(body.id, json, { as: 'root' }), refusal);
  });
});

describe("a superuser's own password", () => {
  test('is asked for once the sign-in is five minutes ago, however often that session was refreshed', async () => {
    await using own = await openServer();
    const first = await own.login('root');
    own.pass(299);
    const { body } = await own.call('POST /api/v1/refresh', { cookies: first.cookies });
    own.pass(1);
    const headers = { authorization: `Bearer ${body.access_token}` };
    const patch = (json: object) => own.call(`PATCH /api/v1/users/${own.ids.root}`, { headers, json });
    expectAnswer(await patch({ password }), { status: 400, detail: said.currentMissing });
    expect((await patch({ password, current_password: usual })).status).toBe(200);
  });
});
