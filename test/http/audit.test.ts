import { expect, test } from 'vitest';
import { auditActor, auditPlace, auditSentence } from '../../src/accounts/audit-words.ts';
import { operator } from '../support/accounts.ts';
import { openServer, type TestHttp } from '../support/http.ts';

/** The newest rows of the audit, the oldest of them first. */
const newest = async (t: TestHttp, limit: number): Promise<string[]> =>
  (await t.accounts.audit.page(operator, {}, { limit }))
    .reverse()
    .map(row => `${auditActor(row)} ${auditSentence(row)} (${auditPlace(row)})`);

test('what a door refuses before any rule is asked is in the audit, with the route and no more', async () => {
  await using t = await openServer();
  await t.bearerOf('ada');
  expect((await t.call(`DELETE /api/v1/users/${t.ids.root}`, { as: 'ada' })).status).toBe(403);
  expect(await newest(t, 1)).toEqual([
    "ada tried to use the API: Asked for DELETE /api/v1/users/:id: The user doesn't have enough privileges (http 127.0.0.1)",
  ]);
});

test('a used-up refresh token that comes back is in the audit', async () => {
  await using t = await openServer();
  const { cookies } = await t.login('ada');
  expect((await t.call('POST /api/v1/refresh', { cookies })).status).toBe(200);
  t.pass(11);
  expect((await t.call('POST /api/v1/refresh', { cookies })).status).toBe(401);
  expect(await newest(t, 1)).toEqual([
    'nobody ended, for a used-up refresh token came back, a session of ada (http 127.0.0.1)',
  ]);
});

test('a request is in the audit with its name in the log', async () => {
  await using t = await openServer();
  const answer = await t.call('POST /api/v1/users/', {
    as: 'root',
    json: { username: 'carol', password: 'a good new one' },
  });
  const [row] = await t.accounts.audit.page(operator, { event: 'user_added' }, { limit: 1 });
  expect(JSON.parse(row?.origin ?? '')).toMatchObject({ requestId: answer.headers.get('x-request-id') });
});
