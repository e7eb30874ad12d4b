import { expect, test } from 'vitest';
import { openServer } from '../support/http.ts';

test('a request says that its session is in use, also where its token is known already', async () => {
  await using t = await openServer();
  const seenAt = async () =>
    (await t.rows<{ seen_at: string }>('select seen_at from session')).map(row => row.seen_at);
  await t.call('GET /api/v1/users/whoami', { as: 'ada' });
  const [begun] = await seenAt();
  expect(begun).toBeDefined();
  for (let minute = 1; minute <= 2; minute += 1) {
    t.pass(60);
    await t.call('GET /api/v1/users/whoami', { as: 'ada' });
    await t.accounts.close();
    expect(Date.parse(`${(await seenAt())[0]}Z`) - Date.parse(`${begun}Z`)).toBe(minute * 60_000);
  }
});
