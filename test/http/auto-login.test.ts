import { describe, expect, test } from 'vitest';
import { expectAnswer, openServer, said } from '../support/http.ts';

const what = 'GET /api/v1/auto_login';

describe('with AUTO_LOGIN off', () => {
  test('nobody is signed in, and the page is told so in the one detail that is an object', async () => {
    await using t = await openServer();
    const answer = await t.call(what);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      detail: {
        message: 'Auto login is disabled. Please enable it in the settings',
        auto_login: false,
      },
    });
    expect(answer.setCookies).toEqual([]);
  });
});

describe('with AUTO_LOGIN on', () => {
  const opened = async () => {
    const t = await openServer({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    return t;
  };

  test('anybody becomes the automatic superuser, without a refresh token', async () => {
    await using t = await opened();
    const { status, body, setCookies } = await t.call(what);
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), refresh_token: null, token_type: 'bearer' });
    expect(setCookies).toEqual([
      `access_token_lf=${body.access_token}; Max-Age=3600; Path=/; SameSite=Lax`,
      'apikey_tkn_lflw=; Path=/; SameSite=Lax',
    ]);
    const headers = { authorization: `Bearer ${body.access_token}` };
    const who = await t.call('GET /api/v1/users/whoami', { headers });
    expect(who.body).toMatchObject({ username: 'langinfra', is_superuser: true });
  });

  test('the token lives an hour', async () => {
    await using t = await opened();
    const { body } = await t.call(what);
    const headers = { authorization: `Bearer ${body.access_token}` };
    t.pass(3600);
    expectAnswer(await t.call('GET /api/v1/users/whoami', { headers }), {
      status: 401,
      detail: said.badToken,
    });
  });

  test('a server with AUTO_LOGIN off on the same database refuses the token', async () => {
    await using t = await opened();
    const strict = await t.anotherServer({ settings: { autoLogin: false } });
    const { body } = await t.call(what);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expectAnswer(await strict.call('GET /api/v1/users/whoami', { headers }), {
      status: 401,
      detail: said.badToken,
    });
  });

  test('the automatic account cannot be given a password, be renamed or deleted', async () => {
    await using t = await opened();
    const automatic = await t.store.read.users.automatic();
    const { body } = await t.call(what);
    const headers = { authorization: `Bearer ${body.access_token}` };
    for (const json of [{ password: 'a good new one' }, { username: 'mallory' }, { profile_image: 'x' }]) {
      const answer = await t.call(`PATCH /api/v1/users/${automatic?.id}`, { headers, json });
      expect(answer.status).toBe(409);
    }
    expect((await t.call(`DELETE /api/v1/users/${automatic?.id}`, { as: 'root' })).status).toBe(409);
  });
});
