import { expect, test } from 'vitest';
import { expectAnswer, openServer, said } from '../support/http.ts';

const what = 'POST /api/v1/logout';
const whoami = 'GET /api/v1/users/whoami';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('signing out clears the three cookies with the attributes they were set with', async () => {
  await using t = await openServer();
  const answer = await t.call(what, { as: 'ada' });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({ message: 'Logout successful' });
  const gone = 'Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
  expect(answer.setCookies).toEqual([
    `refresh_token_lf=; ${gone}; HttpOnly; SameSite=Lax`,
    `access_token_lf=; ${gone}; SameSite=Lax`,
    `apikey_tkn_lflw=; ${gone}; SameSite=Lax`,
  ]);
});

test('with a bearer token ends that session and no other', async () => {
  await using t = await openServer();
  const [here, there] = [(await t.login('ada')).body, (await t.login('ada')).body];
  await t.call(what, { headers: bearer(here.access_token) });
  expectAnswer(await t.call(whoami, { headers: bearer(here.access_token) }), {
    status: 401,
    detail: said.badToken,
  });
  expect((await t.call(whoami, { headers: bearer(there.access_token) })).status).toBe(200);
});

test('with the refresh cookie alone ends its session', async () => {
  await using t = await openServer();
  const { body, cookies } = await t.login('ada');
  await t.call(what, { cookies: { refresh_token_lf: cookies.refresh_token_lf ?? '' } });
  expect((await t.call(whoami, { headers: bearer(body.access_token) })).status).toBe(401);
});

test('where a bearer token is sent the cookie does not count', async () => {
  await using t = await openServer();
  const kept = await t.login('ada');
  await t.call(what, { as: 'bob', cookies: kept.cookies });
  expect((await t.call(whoami, { headers: bearer(kept.body.access_token) })).status).toBe(200);
});

test('an access token that has expired still signs out', async () => {
  await using t = await openServer();
  const { body, cookies } = await t.login('ada');
  t.pass(4000);
  await t.call(what, { headers: bearer(body.access_token) });
  expectAnswer(await t.call('POST /api/v1/refresh', { cookies }), { status: 401, detail: said.badRefresh });
});

test('with nothing, or nothing that is valid, is a success too', async () => {
  await using t = await openServer();
  expect((await t.call(what)).body).toEqual({ message: 'Logout successful' });
  expect((await t.call(what, { headers: bearer('x') })).status).toBe(200);
  expect((await t.call(what, { cookies: { refresh_token_lf: 'x' } })).status).toBe(200);
});
