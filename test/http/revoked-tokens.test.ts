import { describe, expect, test, vi } from 'vitest';
import { operator } from '../support/accounts.ts';
import { type Answer, expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const whoami = 'GET /api/v1/users/whoami';

/** A server at which ada's token is known well. */
const withKnownToken = async () => {
  const t = await openServer();
  const headers = { authorization: `Bearer ${await t.bearerOf('ada')}` };
  const asks = (server: Pick<TestHttp, 'call'> = t) => server.call(whoami, { headers });
  expect((await asks()).status).toBe(200);
  // From here on it is answered from memory.
  await expect.poll(t.store.knownUntil).toBeGreaterThan(0);
  expect((await asks()).status).toBe(200);
  return { t, asks, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() };
};

describe('a token is refused at once by the server where', () => {
  const cases: Record<string, [(t: TestHttp) => Promise<Answer>, string]> = {
    'it was signed out': [t => t.call('POST /api/v1/logout', { as: 'ada' }), said.badToken],
    'its user was deactivated': [
      t => t.call(`PATCH /api/v1/users/${t.ids.ada}`, { as: 'root', json: { is_active: false } }),
      said.nobody,
    ],
    'its user got another password': [
      t => t.call(`PATCH /api/v1/users/${t.ids.ada}`, { as: 'root', json: { password: 'another good one' } }),
      said.badToken,
    ],
    'its user was deleted': [t => t.call(`DELETE /api/v1/users/${t.ids.ada}`, { as: 'root' }), said.nobody],
  };
  test.each(Object.entries(cases))('%s', async (_where, [revoke, detail]) => {
    await using it = await withKnownToken();
    expect((await revoke(it.t)).status).toBe(200);
    expectAnswer(await it.asks(), { status: 401, detail });
  });
});

test('what a user may do and is called is as it was made a moment ago', async () => {
  await using it = await withKnownToken();
  const { t, asks } = it;
  await t.call(`PATCH /api/v1/users/${t.ids.ada}`, { as: 'root', json: { is_superuser: true } });
  expect((await t.call('GET /api/v1/users/', { as: 'ada' })).status).toBe(200);
  await t.call(`PATCH /api/v1/users/${t.ids.ada}`, { as: 'ada', json: { username: 'countess' } });
  expect((await asks()).body).toMatchObject({ username: 'countess', is_superuser: true });
});

test('a token that was revoked at another server is refused by whatever is asked a second later', async () => {
  await using it = await withKnownToken();
  const other = await it.t.anotherServer();
  await other.call(`PATCH /api/v1/users/${it.t.ids.ada}`, { as: 'root', json: { is_active: false } });
  const revoked = performance.now();
  expectAnswer(await it.asks(other), { status: 401, detail: said.nobody });
  for (;;) {
    const asked = performance.now();
    const answer = await it.asks();
    if (answer.status === 401) break;
    expect(asked - revoked).toBeLessThan(1000);
  }
  expectAnswer(await it.asks(), { status: 401, detail: said.nobody });
});

test('where nobody looks any more at what others change, it is refused at once', async () => {
  const timers = vi.spyOn(globalThis, 'setInterval');
  await using it = await withKnownToken();
  const { t, asks } = it;
  const other = await t.another();
  for (const { value } of timers.mock.results) clearInterval(value as NodeJS.Timeout);
  timers.mockRestore();
  await expect
    .poll(() => performance.now() - t.store.knownUntil(), { timeout: 10_000 })
    .toBeGreaterThan(1000);
  expect((await asks()).status).toBe(200);
  await other.accounts.users.change(operator, t.ids.ada?.replaceAll('-', '') ?? '', { isActive: false });
  expectAnswer(await asks(), { status: 401, detail: said.nobody });
});

test('where the database is gone, nobody is answered from memory', async () => {
  await using it = await withKnownToken();
  await it.t.store.close();
  const answer = await it.asks();
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect(answer.text).not.toContain('ada');
});

test('a server that is closed looks no more at what others change', async () => {
  await using it = await withKnownToken();
  await it.t.close();
  expect(it.t.store.knownUntil()).toBe(Number.NEGATIVE_INFINITY);
});
