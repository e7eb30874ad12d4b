import { afterEach, beforeEach, expect, test } from 'vitest';
import type { User } from '../../src/store/users.ts';
import { newId } from '../../src/store/values.ts';
import { addUser, moment, rawDatabase, temporaryStore } from '../support/store.ts';

let t: Awaited<ReturnType<typeof temporaryStore>>;
let ada: User;
let eve: User;
beforeEach(async () => {
  t = await temporaryStore();
  ada = await addUser(t.store);
  eve = await addUser(t.store, { username: 'eve' });
});
afterEach(() => t[Symbol.asyncDispose]());

const add = (clear: string, { of = ada, at = 0, until = null as number | null } = {}) =>
  t.store.write(tx =>
    tx.apiKeys.insert({
      id: newId(),
      userId: of.id,
      name: clear,
      createdAt: moment(at),
      expiresAt: until === null ? null : moment(until),
      clear,
    }),
  );
const namesOf = async (user: User) => (await t.store.read.apiKeys.listOf(user.id)).map(({ name }) => name);

test('a key is found by itself and by its id, and by nothing that looks like it', async () => {
  const key = await add('sk-first-key', { until: 60 });
  expect(key).toEqual({
    id: key.id,
    userId: ada.id,
    name: 'sk-first-key',
    start: 'sk-first',
    isActive: true,
    createdAt: moment(0),
    expiresAt: moment(60),
    lastUsedAt: null,
    totalUses: 0,
  });
  const { find, findByKey } = t.store.read.apiKeys;
  expect(await find(key.id)).toEqual(key);
  expect(await findByKey('sk-first-key')).toEqual(key);
  for (const other of ['sk-first-ke', 'sk-first-key ', 'SK-FIRST-KEY', 'sk-first-key\0', '', key.id])
    expect(await findByKey(other), other).toBeUndefined();
});

test('the table holds the SHA-256 of a key, as other programs compute it', async () => {
  await add('sk-abc');
  await using db = await rawDatabase(t.path);
  expect(await db.get('select api_key, key_start from apikey')).toEqual({
    api_key: 'sha256:1460db1b6902f8b1fc2a40d9381a24d0fd22c3bc1b2c6f999c521da73776fbe0',
    key_start: 'sk-abc',
  });
});

test('a user’s keys are listed oldest first, without those of others', async () => {
  await add('third', { at: 3 });
  await add('first', { at: 1 });
  await add('other', { at: 2, of: eve });
  await add('second', { at: 2 });
  expect(await namesOf(ada)).toEqual(['first', 'second', 'third']);
  expect(await namesOf(eve)).toEqual(['other']);
});

test('uses add up, whoever counted them, and the latest stays the latest', async () => {
  const other = await t.another();
  const [one, two] = [await add('one'), await add('two')];
  const write = (store: typeof other, id: string, count: number, at: number) =>
    store.write(tx => tx.apiKeys.addUses([{ id, count, lastUsedAt: moment(at) }]));
  await Promise.all([write(t.store, one.id, 3, 20), write(other, one.id, 4, 10), write(other, two.id, 1, 5)]);
  expect(await other.read.apiKeys.find(one.id)).toMatchObject({ totalUses: 7, lastUsedAt: moment(20) });
  expect(await t.store.read.apiKeys.find(two.id)).toMatchObject({ totalUses: 1, lastUsedAt: moment(5) });
});

test('uses of a key that is gone are passed over, and the others written', async () => {
  const [gone, stays] = [await add('gone'), await add('stays')];
  await t.store.write(tx => tx.apiKeys.remove(gone.id));
  const uses = [gone, stays].map(({ id }) => ({ id, count: 2, lastUsedAt: moment(1) }));
  await t.store.write(tx => tx.apiKeys.addUses(uses));
  expect(await t.store.read.apiKeys.find(gone.id)).toBeUndefined();
  expect(await t.store.read.apiKeys.find(stays.id)).toMatchObject({ totalUses: 2 });
});

test('those that have expired go, of that user only', async () => {
  await add('expired', { until: 10 });
  await add('expires', { at: 1, until: 11 });
  await add('stays', { at: 2 });
  await add('other', { until: 10, of: eve });
  await t.store.write(tx => tx.apiKeys.removeExpiredOf(ada.id, moment(10)));
  expect(await namesOf(ada)).toEqual(['expires', 'stays']);
  expect(await namesOf(eve)).toEqual(['other']);
});

test('a key that is there already is not stored twice', async () => {
  await add('same');
  await expect(add('same', { of: eve })).rejects.toThrow('UNIQUE constraint failed: apikey.api_key');
  expect(await namesOf(eve)).toEqual([]);
});
