import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryStore } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  db = await temporaryStore();
});
afterEach(() => db[Symbol.asyncDispose]());

const meta = () => db.store.read.meta;

test('what is remembered is there, the latest only, and in the next process too', async () => {
  expect(await meta().get('env_file')).toBeUndefined();
  await db.store.write(tx => tx.meta.set('env_file', '/etc/one.env'));
  await db.store.write(tx => tx.meta.set('env_file', '/etc/two.env'));
  await db.store.write(tx => tx.meta.set('secret_fingerprint', 'abc'));
  const again = await db.another({ create: false });
  expect(await again.read.meta.get('env_file')).toBe('/etc/two.env');
  expect(await again.read.meta.get('secret_fingerprint')).toBe('abc');
});

test('a deleted name is remembered in any case, once or twice deleted, until it is forgotten', async () => {
  expect(await meta().wasDeleted('Ada')).toBe(false);
  await db.store.write(tx => tx.meta.rememberDeleted('Ada', '2026-01-01T00:00:00.000000Z'));
  await db.store.write(tx => tx.meta.rememberDeleted('ADA', '2026-01-02T00:00:00.000000Z'));
  expect([await meta().wasDeleted('ada'), await meta().wasDeleted('adah')]).toEqual([true, false]);
  await db.store.write(tx => tx.meta.forgetDeleted('aDa'));
  expect(await meta().wasDeleted('Ada')).toBe(false);
});

test('the name of a deleted user is never taken for something the database remembers of itself', async () => {
  await db.store.write(tx => tx.meta.rememberDeleted('env_file', '2026-01-01T00:00:00.000000Z'));
  expect(await meta().get('env_file')).toBeUndefined();
});
