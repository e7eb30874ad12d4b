import { describe, expect, test } from 'vitest';
import { expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const what = 'POST /api/v1/refresh';
const refused = { status: 401, detail: said.badRefresh };
const refresh = (t: Pick<TestHttp, 'call'>, token: string, headers: Record<string, string> = {}) =>
  t.call(what, { cookies: { refresh_token_lf: token }, headers });

test('the cookie of a sign-in is answered like a sign-in, with new cookies', async () => {
  await using t = await openServer();
  const first = (await t.login('ada')).cookies.refresh_token_lf ?? '';
  t.pass(60);
  const { status, body, setCookies } = await refresh(t, first);
  expect(status).toBe(200);
  expect(body).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    token_type: 'bearer',
  });
  expect(body.refresh_token).not.toBe(first);
  expect(setCookies).toEqual([
    `refresh_token_lf=${body.refresh_token}; Max-Age=604740; Path=/; HttpOnly; SameSite=Lax`,
    `access_token_lf=${body.access_token}; Max-Age=3600; Path=/; SameSite=Lax`,
    'apikey_tkn_lflw=; Path=/; SameSite=Lax',
  ]);
  const headers = { authorization: `Bearer ${body.access_token}` };
  expect((await t.call('GET /api/v1/users/whoami', { headers })).body.username).toBe('ada');
});

test('two tabs that refresh with one cookie go on with the same successor', async () => {
  await using t = await openServer();
  const first = (await t.login('ada')).cookies.refresh_token_lf ?? '';
  const [one, two] = await Promise.all([refresh(t, first), refresh(t, first)]);
  expect([one.status, two.status]).toEqual([200, 200]);
  expect(one.cookies.refresh_token_lf).toBe(two.cookies.refresh_token_lf);
});

test('a stolen cookie that is used after its owner ends the session for both', async () => {
  await using t = await openServer();
  const stolen = (await t.login('ada')).cookies.refresh_token_lf ?? '';
  const owner = await refresh(t, stolen);
  t.pass(11);
  expectAnswer(await refresh(t, stolen), refused);
  expectAnswer(await refresh(t, owner.cookies.refresh_token_lf ?? ''), refused);
  const headers = { authorization: `Bearer ${owner.body.access_token}` };
  expectAnswer(await t.call('GET /api/v1/users/whoami', { headers }), { status: 401, detail: said.badToken });
});

describe('is refused', () => {
  test('without a cookie, with a broken one and with an access token', async () => {
    await using t = await openServer();
    expectAnswer(await t.call(what), refused);
    expectAnswer(await refresh(t, ''), refused);
    expectAnswer(await refresh(t, '%zz%00'), refused);
    expectAnswer(await refresh(t, await t.bearerOf('ada')), refused);
  });

  test('with a bearer token alone: only the cookie counts', async () => {
    await using t = await openServer();
    expectAnswer(await t.call(what, { as: 'ada' }), refused);
  });

  test('after signing out', async () => {
    await using t = await openServer();
    const { cookies } = await t.login('ada');
    await t.call('POST /api/v1/logout', { cookies });
    expectAnswer(await refresh(t, cookies.refresh_token_lf ?? ''), refused);
  });

  test('to somebody who was deactivated', async () => {
    await using t = await openServer();
    const { cookies } = await t.login('ada');
    await t.call(`PATCH /api/v1/users/${t.ids.ada}`, { as: 'root', json: { is_active: false } });
    expectAnswer(await refresh(t, cookies.refresh_token_lf ?? ''), refused);
  });

  test('7 days after the sign-in', async () => {
    await using t = await openServer();
    const { cookies } = await t.login('ada');
    t.pass(604_800);
    expectAnswer(await refresh(t, cookies.refresh_token_lf ?? ''), refused);
  });
});

test.each(['/api/v1/refresh', '/api/v1/logout'])('%s is refused to a page of another origin', async path => {
  await using t = await openServer();
  const { cookies } = await t.login('ada');
  const from = (origin: string) => t.call(`POST ${path}`, { cookies, headers: { origin } });
  for (const origin of [
    'https://evil.example',
    'null',
    `http://127.0.0.1:${t.port + 1}`,
    `http://localhost:${t.port}`,
    `http://127.0.0.1:${t.port}, http://evil.example`,
    `ftp://127.0.0.1:${t.port}`,
    '',
  ]) {
    expectAnswer(await from(origin), { status: 403, detail: said.otherSite });
  }
  expect((await from(`http://127.0.0.1:${t.port}`)).status).toBe(200);
});

test.each(['/api/v1/refresh', '/api/v1/logout'])('%s takes a body of any content type', async path => {
  await using t = await openServer();
  const types = [
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'x/y',
    'nonsense',
    ';',
    '',
  ];
  for (const type of types) {
    for (const body of ['', '{']) {
      const { cookies } = await t.login('ada');
      const answer = await t.call(`POST ${path}`, { cookies, body, headers: { 'content-type': type } });
      expect(answer.status).toBe(200);
    }
  }
});
