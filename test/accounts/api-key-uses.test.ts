import { expect, test, vi } from 'vitest';
import { createApiKeyUses } from '../../src/accounts/api-key-uses.ts';
import { openAccounts, outcomeOf, type TestAccounts } from '../support/accounts.ts';

const keyOf = async (t: TestAccounts, username: string) => {
  await t.add(username);
  return t.accounts.apiKeys.create((await t.signIn(username)).actor, {});
};
const usesOf = (t: TestAccounts, id: string) => t.store.read.apiKeys.find(id);
/** The store, counting the transactions that write. */
const watched = (t: TestAccounts) => {
  let writes = 0;
  const write: typeof t.store.write = work => {
    writes += 1;
    return t.store.write(work);
  };
  return { write, writes: () => writes };
};
const soon = 20;
const never = 1_000_000;

test('uses are written together, after a while, with the time of the last one', async () => {
  await using t = await openAccounts();
  const [one, two] = [await keyOf(t, 'ada'), await keyOf(t, 'eve')];
  const store = watched(t);
  const uses = createApiKeyUses(store, soon);
  uses.count(one.key.id, '2026-01-01T00:00:01.000000Z');
  uses.count(two.key.id, '2026-01-01T00:00:02.000000Z');
  uses.count(one.key.id, '2026-01-01T00:00:03.000000Z');
  expect(store.writes()).toBe(0);
  await vi.waitFor(async () => expect((await usesOf(t, one.key.id))?.totalUses).toBe(2));
  expect(await usesOf(t, one.key.id)).toMatchObject({ lastUsedAt: '2026-01-01T00:00:03.000000Z' });
  expect(await usesOf(t, two.key.id)).toMatchObject({
    totalUses: 1,
    lastUsedAt: '2026-01-01T00:00:02.000000Z',
  });
  expect(store.writes()).toBe(1);
  uses.count(one.key.id, '2026-01-01T00:00:04.000000Z');
  await vi.waitFor(async () => expect((await usesOf(t, one.key.id))?.totalUses).toBe(3));
  await uses.close();
  expect(store.writes()).toBe(2);
});

test('what is not written yet is written at the end, of every process', async () => {
  await using t = await openAccounts();
  const other = await t.another();
  const { key, clear } = await keyOf(t, 'ada');
  for (let time = 0; time < 50; time += 1) {
    await t.accounts.apiKeys.verify(clear);
    await other.accounts.apiKeys.verify(clear);
  }
  // A request writes nothing.
  expect(await usesOf(t, key.id)).toMatchObject({ totalUses: 0, lastUsedAt: null });
  await Promise.all([t.accounts.close(), other.accounts.close()]);
  expect(await usesOf(t, key.id)).toMatchObject({ totalUses: 100, lastUsedAt: expect.any(String) });
});

test('only what let somebody in is a use', async () => {
  await using t = await openAccounts();
  const { key, clear } = await keyOf(t, 'ada');
  await t.rows('update user set is_active = 0');
  expect(await outcomeOf(t.accounts.apiKeys.verify(clear))).toBe('inactive_user');
  await t.accounts.close();
  expect(await usesOf(t, key.id)).toMatchObject({ totalUses: 0 });
});

test('a key that was deleted meanwhile is no error, and keeps no other from being counted', async () => {
  await using t = await openAccounts();
  const [gone, stays] = [await keyOf(t, 'ada'), await keyOf(t, 'eve')];
  for (const { clear } of [gone, stays]) await t.accounts.apiKeys.verify(clear);
  await t.store.write(tx => tx.apiKeys.remove(gone.key.id));
  await t.accounts.close();
  expect(await usesOf(t, stays.key.id)).toMatchObject({ totalUses: 1 });
});

test('what cannot be written is nobody’s trouble, and is written with the next ones', async () => {
  await using t = await openAccounts();
  const { key } = await keyOf(t, 'ada');
  const uses = createApiKeyUses(t.store, never);
  uses.count(key.id, '2026-01-01T00:00:05.000000Z');
  await t.rows('alter table apikey rename to hidden');
  await uses.close();
  await t.rows('alter table hidden rename to apikey');
  uses.count(key.id, '2026-01-01T00:00:04.000000Z');
  await uses.close();
  expect(await usesOf(t, key.id)).toMatchObject({
    totalUses: 2,
    lastUsedAt: '2026-01-01T00:00:05.000000Z',
  });
});

test('who closes twice, or has counted nothing, writes nothing', async () => {
  await using t = await openAccounts();
  const { key } = await keyOf(t, 'ada');
  const store = watched(t);
  const uses = createApiKeyUses(store, never);
  await uses.close();
  expect(store.writes()).toBe(0);
  uses.count(key.id, '2026-01-01T00:00:01.000000Z');
  await Promise.all([uses.close(), uses.close()]);
  expect(await usesOf(t, key.id)).toMatchObject({ totalUses: 1 });
  expect(store.writes()).toBe(1);
});
