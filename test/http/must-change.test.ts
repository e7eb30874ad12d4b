import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator, usual } from '../support/accounts.ts';
import { type Description, operationsOf } from '../support/described.ts';
import { expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const required = { status: 400, detail: 'Password change required' };
const next = 'another horse';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer({ settings: { enableSignup: true } });
  await t.add('new', { isSuperuser: true, mustChangePassword: true });
});
afterAll(() => t[Symbol.asyncDispose]());

/** What a confined session may call; whatever else refuses a token that is none refuses it, too. */
const open = ['GET /api/v1/users/whoami', 'PATCH /api/v1/users/{id}/reset-password'];

/** Every endpoint of the description, with a body that can be read. */
const everyEndpoint = async () => {
  const description: Description = (await t.call('GET /openapi.json')).body;
  return operationsOf(description).map(({ method, path, operation }) => ({
    name: `${method.toUpperCase()} ${path}`,
    sends: {
      ...(operation.requestBody?.content['application/json'] && { json: {} }),
      ...(operation.requestBody?.content['application/x-www-form-urlencoded'] && { form: {} }),
    },
  }));
};

test('every endpoint that asks who it is refuses such a session, but two', async () => {
  const asking: string[] = [];
  for (const { name, sends } of await everyEndpoint()) {
    const what = name.replace('{id}', t.ids.new ?? '');
    const broken = { authorization: 'Bearer a.b.c' };
    if ((await t.call(what, { ...sends, headers: broken })).detail !== said.badToken) continue;
    asking.push(name);
    const answer = await t.call(what, { ...sends, as: 'new' });
    if (open.includes(name)) expect(answer.detail, name).not.toBe(required.detail);
    else expect({ name, status: answer.status, detail: answer.detail }).toEqual({ name, ...required });
  }
  expect(asking).toEqual(expect.arrayContaining([...open, 'POST /api/v1/users/', 'GET /api/v1/all']));
});

test('sign-in, whoami and sign-out go as usual, refresh does not, and the shape of the user is what it was', async () => {
  const { status, body, cookies } = await t.login('new');
  expect(status).toBe(200);
  const headers = { authorization: `Bearer ${body.access_token}` };
  const whoami = await t.call('GET /api/v1/users/whoami', { headers });
  expectAnswer(whoami, { status: 200, shows: ['"new"'], hides: ['must_change', 'mustChange'] });
  expectAnswer(await t.call('GET /api/v1/users/', { headers }), required);
  for (let time = 1; time <= 2; time += 1) {
    const refreshed = await t.call('POST /api/v1/refresh', { cookies });
    expectAnswer(refreshed, required);
    expect(refreshed.setCookies).toEqual([]);
  }
  expectAnswer(await t.call('POST /api/v1/logout', { headers }), { status: 200 });
  expectAnswer(await t.call('GET /api/v1/users/whoami', { headers }), { status: 401, detail: said.badToken });
});

test('the refresh token that was refused counts once there is a new password', async () => {
  await t.add('zed', { mustChangePassword: true });
  const { body, cookies } = await t.login('zed');
  expectAnswer(await t.call('POST /api/v1/refresh', { cookies }), required);
  const headers = { authorization: `Bearer ${body.access_token}` };
  const path = `PATCH /api/v1/users/${t.ids.zed}/reset-password`;
  expectAnswer(await t.call(path, { headers, json: { password: next } }), { status: 200 });
  expect((await t.call('POST /api/v1/refresh', { cookies })).status).toBe(200);
});

test('a new password by reset-password, which asks what it always asks, opens the rest', async () => {
  await t.add('eve', { mustChangePassword: true });
  const bearer = await t.bearerOf('eve');
  const headers = { authorization: `Bearer ${bearer}` };
  const reset = (json: object) =>
    t.call(`PATCH /api/v1/users/${t.ids.eve}/reset-password`, { headers, json });
  expectAnswer(await t.call('GET /api/v1/folders/', { headers }), required);
  t.pass(301);
  expectAnswer(await reset({ password: next }), { status: 400, detail: said.currentMissing });
  const same = { password: usual, current_password: usual };
  expectAnswer(await reset(same), { status: 400, detail: "You can't use your current password" });
  expectAnswer(await t.call('GET /api/v1/folders/', { headers }), required);
  expectAnswer(await reset({ password: next, current_password: usual }), { status: 200 });
  expectAnswer(await t.call('GET /api/v1/folders/', { headers }), { status: 200 });
});

test('whoever is signed in is confined from the moment on in which that is set, not a request later', async () => {
  const headers = { authorization: `Bearer ${await t.bearerOf('bob')}` };
  const id = t.ids.bob?.replaceAll('-', '') ?? '';
  for (const [mustChangePassword, status] of [
    [false, 200],
    [true, 400],
    [false, 200],
  ] as const) {
    await t.accounts.users.change(operator, id, { mustChangePassword });
    expect((await t.call('GET /api/v1/all', { headers })).status).toBe(status);
  }
});

test('an API key goes on working', async () => {
  const { body } = await t.call('POST /api/v1/api_key/', { as: 'ada', json: {} });
  await t.accounts.users.change(operator, t.ids.ada?.replaceAll('-', '') ?? '', { mustChangePassword: true });
  expectAnswer(await t.call('GET /api/v1/all', { as: 'ada' }), required);
  expectAnswer(await t.call('GET /api/v1/all', { headers: { 'x-api-key': body.api_key } }), { status: 200 });
});

test('nobody gets it over HTTP: a new user has it not, and a reset leaves it as it is', async () => {
  const asked = { must_change: true, mustChangePassword: true };
  const zoe = await t.call('POST /api/v1/users/', {
    as: 'root',
    json: { username: 'zoe', password: usual, is_active: true, ...asked },
  });
  await t.call(`PATCH /api/v1/users/${zoe.body.id}`, { as: 'root', json: { is_active: true, ...asked } });
  expectAnswer(await t.call('GET /api/v1/all', { as: 'zoe' }), { status: 200 });
  const id = zoe.body.id.replaceAll('-', '');
  await t.accounts.users.change(operator, id, { mustChangePassword: true });
  await t.call(`PATCH /api/v1/users/${zoe.body.id}`, { as: 'root', json: { password: next } });
  expect(await t.find(id)).toMatchObject({ mustChangePassword: true });
});
