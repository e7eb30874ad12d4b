import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { type Expected, expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const nobody = '00000000-0000-4000-8000-000000000000';
const password = 'a good new password';
const asked = { status: 400, detail: said.currentMissing };

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
  // The least that is asked: everybody's sign-in is longer ago than five minutes.
  for (const name of ['root', 'ada', 'bob']) await t.bearerOf(name);
  t.pass(301);
});
afterAll(() => t[Symbol.asyncDispose]());

const reset = (as: string | undefined, id: string | undefined, json: unknown) =>
  t.call(`PATCH /api/v1/users/${id}/reset-password`, { as, json });

const both = { password, current_password: usual };
const anothers = { status: 400, detail: "You can't change another user's password" };
const refused: (Expected & { as?: string; whom: string; json: unknown })[] = [
  { whom: 'ada', json: both, status: 403, detail: said.nothingSent, hides: ['ada'] },
  { whom: nobody, json: both, status: 403, detail: said.nothingSent },
  { as: 'ada', whom: 'bob', json: both, ...anothers, hides: ['bob'] },
  { as: 'bob', whom: 'ada', json: both, ...anothers, hides: ['ada'] },
  { as: 'ada', whom: 'root', json: both, ...anothers, hides: ['root'] },
  { as: 'ada', whom: nobody, json: both, ...anothers },
  { as: 'root', whom: 'ada', json: both, ...anothers, hides: ['ada'] },
  { as: 'root', whom: nobody, json: both, ...anothers },
  { as: 'ada', whom: '17', json: both, status: 422, detail: 'id must be a UUID' },
  { as: 'ada', whom: 'ada', json: { password }, ...asked },
  { as: 'root', whom: 'root', json: { password }, ...asked },
  { as: 'ada', whom: 'ada', json: { password, current_password: '' }, ...asked },
  { as: 'ada', whom: 'ada', json: { password, current_password: null }, ...asked },
  {
    as: 'ada',
    whom: 'ada',
    json: { ...both, password: usual },
    status: 400,
    detail: "You can't use your current password",
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { ...both, password: 'short' },
    status: 422,
    detail: 'A password has at least 8 characters',
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { ...both, password: 'trustno1' },
    status: 422,
    detail: 'This is one of the most common passwords',
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { ...both, password: 'x'.repeat(73) },
    status: 422,
    detail: 'A password has at most 72 bytes; this one has 73',
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { ...both, password: '' },
    status: 422,
    detail: 'A password has at least 8 characters',
  },
  { as: 'ada', whom: 'ada', json: {}, status: 422, detail: 'password is missing' },
  {
    as: 'ada',
    whom: 'ada',
    json: { ...both, password: null },
    status: 422,
    detail: 'password must be text',
  },
  {
    as: 'ada',
    whom: 'ada',
    json: { ...both, current_password: 1 },
    status: 422,
    detail: 'current_password must be text',
  },
];
test.each(refused)(
  '$json for $whom from $as is answered with $status, and nothing changes',
  async ({ as, whom, json, ...expected }) => {
    const before = await t.everything();
    expectAnswer(await reset(as, t.ids[whom] ?? whom, json), expected);
    expect(await t.everything()).toEqual(before);
  },
);

test('whoever guesses the current password waits as one who fails to sign in, however many guess at once', async () => {
  await using own = await openServer();
  const bearer = await own.bearerOf('ada');
  own.pass(301);
  const headers = { authorization: `Bearer ${bearer}` };
  const guess = (current_password: string) =>
    own.call(`PATCH /api/v1/users/${own.ids.ada}/reset-password`, {
      headers,
      json: { password, current_password },
    });
  const guesses = await Promise.all(Array.from({ length: 9 }, (_, at) => guess(`guess ${at}`)));
  const statuses = guesses.map(({ status }) => status).sort();
  expect(statuses).toEqual([400, 400, 400, 400, 400, 429, 429, 429, 429]);
  expectAnswer(await guess(usual), {
    status: 429,
    detail: 'Too many failed sign-ins. Try again in 1 second',
  });
  own.pass(2);
  expectAnswer(await guess(usual), { status: 200 });
});

/** A server and somebody's sign-in at it. */
const opened = async (name = 'ada') => {
  const own = await openServer();
  const { body, cookies } = await own.login(name);
  const headers = { authorization: `Bearer ${body.access_token}` };
  const patch = (json: object) =>
    own.call(`PATCH /api/v1/users/${own.ids[name]}/reset-password`, { headers, json });
  return { own, patch, headers, cookies, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
};

describe.each(['ada', 'root'])('%s', name => {
  test('changes the own password with the current one, and the other sessions end', async () => {
    await using it = await opened(name);
    const elsewhere = await it.own.login(name);
    it.own.pass(301);
    const answer = await it.patch(both);
    expectAnswer(answer, { status: 200, shows: [`"${name}"`], hides: [password, 'password'] });
    expect(answer.body).toMatchObject({ id: it.own.ids[name], version: 2 });

    const whoami = 'GET /api/v1/users/whoami';
    expect((await it.own.call(whoami, { headers: it.headers })).status).toBe(200);
    const others = { authorization: `Bearer ${elsewhere.body.access_token}` };
    expectAnswer(await it.own.call(whoami, { headers: others }), { status: 401, detail: said.badToken });
    expectAnswer(await it.own.call('POST /api/v1/refresh', { cookies: elsewhere.cookies }), {
      status: 401,
      detail: said.badRefresh,
    });
    expect((await it.own.login(name)).status).toBe(401);
    expect((await it.own.login(name, password)).status).toBe(200);
  });
});

describe('the current password is not asked for', () => {
  test('within five minutes of the sign-in, as the existing page expects', async () => {
    await using it = await opened();
    it.own.pass(299);
    expect((await it.patch({ password })).status).toBe(200);
  });

  test('a second time, but for another password than the first', async () => {
    await using it = await opened();
    await it.patch({ password });
    expectAnswer(await it.patch({ password }), {
      status: 400,
      detail: "You can't use your current password",
    });
  });

  test('a moment too late it is', async () => {
    await using it = await opened();
    it.own.pass(300);
    expectAnswer(await it.patch({ password }), asked);
  });

  test('a refresh does not count as a sign-in', async () => {
    await using it = await opened();
    it.own.pass(299);
    const { body } = await it.own.call('POST /api/v1/refresh', { cookies: it.cookies });
    it.own.pass(1);
    const headers = { authorization: `Bearer ${body.access_token}` };
    const path = `/api/v1/users/${it.own.ids.ada}/reset-password`;
    expectAnswer(await it.own.call(`PATCH ${path}`, { headers, json: { password } }), asked);
  });

  test('another sign-in of the same user a moment ago does not count for this one', async () => {
    await using it = await opened();
    it.own.pass(301);
    await it.own.login('ada');
    expectAnswer(await it.patch({ password }), asked);
  });
});

test('automatic sign-in sets no password', async () => {
  await using own = await openServer({ settings: { autoLogin: true } });
  await own.accounts.bootstrap.prepare(undefined);
  const { body } = await own.call('GET /api/v1/auto_login');
  const headers = { authorization: `Bearer ${body.access_token}` };
  const { body: self } = await own.call('GET /api/v1/users/whoami', { headers });
  const path = `/api/v1/users/${self.id}/reset-password`;
  expectAnswer(await own.call(`PATCH ${path}`, { headers, json: { password } }), {
    status: 409,
    detail: 'The automatic account stays as it is',
  });
});
