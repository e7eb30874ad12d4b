import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeAt, usual } from '../support/accounts.ts';
import { expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const required = { status: 400, detail: 'One-time code required' };
const wrong = { status: 400, detail: 'Incorrect one-time code' };

let t: TestHttp;
let secret: string;
let recoveryCodes: string[];
beforeEach(async () => {
  t = await openServer({ at: '2026-11-26T02:18:00Z' });
  ({ secret, recoveryCodes } = await t.enrol('ada'));
  t.pass(60);
});
afterEach(() => t[Symbol.asyncDispose]());

const login = (totp?: string, password = usual) =>
  t.call('POST /api/v1/login', {
    form: { username: 'ada', password, ...(totp !== undefined && { totp }) },
  });
const now = () => codeAt(secret, t.clock());

test('a login asks for a code after the right password, and gives tokens for both', async () => {
  for (const none of [undefined, '']) {
    const answer = await login(none);
    expectAnswer(answer, required);
    expect(answer.setCookies).toEqual([]);
  }
  const answer = await login(now());
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    refresh_token: expect.any(String),
    token_type: 'bearer',
  });
});

test('a wrong code, one that was used, and one far away are answered alike', async () => {
  const code = now();
  expect((await login(code)).status).toBe(200);
  for (const totp of ['000000', code, codeAt(secret, t.clock(), 300), 'x', '１２３４５６'])
    expectAnswer(await login(totp), wrong);
});

test('nothing is said of codes before the password is right', async () => {
  for (const totp of [undefined, now(), '000000'])
    expectAnswer(await login(totp, 'wrong'), { status: 401, detail: said.badLogin });
});

test('a recovery code is as good, once', async () => {
  const [code = ''] = recoveryCodes;
  expect((await login(code)).status).toBe(200);
  expectAnswer(await login(code), wrong);
});

test('guessing is held up with 429', async () => {
  for (let time = 1; time <= 5; time += 1) expectAnswer(await login('000000'), wrong);
  const answer = await login(now());
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('1');
});

test('who has none is asked for none, and what is sent is not looked at', async () => {
  const form = { username: 'root', password: usual, totp: 'anything' };
  expect((await t.call('POST /api/v1/login', { form })).status).toBe(200);
});

test('neither a code nor a secret is in the log', async () => {
  const code = now();
  await login(code);
  await login('987654');
  for (const hidden of [code, '987654', secret]) expect(t.log()).not.toContain(hidden);
});

test('the description of the API has the field and both refusals', async () => {
  const { body } = await t.call('GET /openapi.json');
  expect(body.components.schemas.LoginForm.properties.totp.description).toContain('One-time code required');
  expect(body.components.schemas.LoginForm.required).not.toContain('totp');
  expect(JSON.stringify(body.paths['/api/v1/login'].post.responses['400'])).toContain(
    'Incorrect one-time code',
  );
});
