import { expect, test } from 'vitest';
import { operator } from '../support/accounts.ts';
import { expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const required = { status: 400, detail: 'Password change required' };
const password = 'a good new password';

const codeFor = async ({ accounts: { recovery } }: TestHttp, username: string) =>
  (await recovery.recover(operator, await recovery.find(operator, username))).code;

test('whoever signs in with the code of a recovery sets a new password, and until then nothing else', async () => {
  await using t = await openServer();
  const before = await t.bearerOf('root');
  const code = await codeFor(t, 'root');
  expectAnswer(await t.call('GET /api/v1/users/whoami', { headers: { authorization: `Bearer ${before}` } }), {
    status: 401,
    detail: said.badToken,
  });

  const { status, body } = await t.login('root', code);
  expect(status).toBe(200);
  const headers = { authorization: `Bearer ${body.access_token}` };
  expectAnswer(await t.call('GET /api/v1/users/', { headers }), { ...required, hides: ['ada'] });
  expectAnswer(await t.call('GET /api/v1/users/whoami', { headers }), { status: 200, shows: ['root'] });
  const reset = `PATCH /api/v1/users/${t.ids.root}/reset-password`;
  expectAnswer(await t.call(reset, { headers, json: { password } }), { status: 200 });
  expectAnswer(await t.call('GET /api/v1/users/', { headers }), { status: 200, shows: ['ada'] });
  expectAnswer(await t.login('root', password), { status: 200 });
  expectAnswer(await t.login('root', code), { status: 401, detail: said.badLogin });
  expectAnswer(await t.login('root'), { status: 401, detail: said.badLogin });
  expect(t.log()).not.toContain(code);
});

test('who tries codes waits as who tries passwords does, also with the right one', async () => {
  await using t = await openServer();
  const code = await codeFor(t, 'ada');
  for (let at = 0; at < 5; at += 1)
    expectAnswer(await t.login('ada', code.toLowerCase()), { status: 401, detail: said.badLogin });
  expect((await t.login('ada', code)).status).toBe(429);
  t.pass(2);
  expectAnswer(await t.login('ada', code), { status: 200 });
});
