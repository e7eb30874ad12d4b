import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { sqliteDialect } from '../../src/store/engines/sqlite.ts';
import { up as users } from '../../src/store/migrations/001-users.ts';
import { up as search } from '../../src/store/migrations/002-search.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import type { Schema } from '../../src/store/schema.ts';
import { foreignDatabase, python, rawDatabase, temporaryDirectory } from '../support/store.ts';

// Each key is a statement of its own: on a machine that is busy with other things that takes seconds.
vi.setConfig({ testTimeout: 20_000 });

const ada = 'a'.repeat(32);
const bob = 'b'.repeat(32);
const fernet = `gAAAAAB${'m'.repeat(133)}`;
const clearKey = (number: number) => `sk-${String(number).padStart(3, '0')}${'Qk'.repeat(20)}`;
const row = (number: number, key: string, user: string) =>
  `('key ${number}', '2024-06-01 10:00:00', ${number}, ${number % 2}, '${String(number).padStart(32, '0')}',
    '2024-05-06 07:08:${String(10 + (number % 50))}.000001', '${key}', '${user}')`;

/** So many clear keys that the table and its index have been split into several pages. */
const many = 120;
const withKeys = `${python}
  pragma foreign_keys = off;
  insert into apikey values
  ${Array.from({ length: many }, (_, at) => row(at, clearKey(at), ada)).join()},
  ${row(901, fernet, bob)}, ${row(902, clearKey(902), 'd'.repeat(32))};`;

const opened = async (script: string) => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'langinfra.db');
  await foreignDatabase(path, script);
  const stores: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await openStore(`sqlite:///${path}`, { create: false });
    stores.push(store);
    return store;
  };
  return {
    path,
    open,
    /** What the file holds, and what SQLite has written and not yet put there. */
    bytes: () =>
      [path, `${path}-wal`]
        .filter(file => existsSync(file))
        .map(file => readFileSync(file, 'latin1'))
        .join(''),
    [Symbol.asyncDispose]: async () => {
      for (const store of stores) await store.close();
      directory[Symbol.dispose]();
    },
  };
};

test('a clear key of the Python server is found as before, with all that is known of it', async () => {
  await using t = await opened(withKeys);
  const store = await t.open();
  expect(await store.read.apiKeys.findByKey(clearKey(7))).toEqual({
    id: '7'.padStart(32, '0'),
    userId: ada,
    name: 'key 7',
    start: 'sk-007Qk',
    isActive: true,
    createdAt: '2024-05-06T07:08:17.000001Z',
    expiresAt: null,
    lastUsedAt: '2024-06-01T10:00:00.000000Z',
    totalUses: 7,
  });
  expect(await store.read.apiKeys.findByKey(clearKey(8))).toMatchObject({ isActive: false });
  expect(await store.read.apiKeys.listOf(ada)).toHaveLength(many);
});

test('no byte of a clear key stays in the database or its log, though the program runs', async () => {
  await using t = await opened(withKeys);
  expect(t.bytes().includes(clearKey(3))).toBe(true);
  await t.open();
  const bytes = t.bytes();
  expect(bytes.includes('sk-003Qk')).toBe(true);
  for (let number = 0; number < many; number += 1) {
    expect(bytes.includes(clearKey(number).slice(0, 12)), clearKey(number)).toBe(false);
  }
});

test('what the database holds is no key', async () => {
  await using t = await opened(withKeys);
  const store = await t.open();
  await using db = await rawDatabase(t.path);
  const { api_key } = await db.get('select api_key from apikey where total_uses = 7');
  expect(api_key).toMatch(/^sha256:[\da-f]{64}$/);
  expect(await store.read.apiKeys.findByKey(api_key)).toBeUndefined();
});

test('a key that the Python server encrypted is kept and matches nothing', async () => {
  await using t = await opened(withKeys);
  const store = await t.open();
  expect(await store.read.apiKeys.findByKey(fernet)).toBeUndefined();
  expect(await store.read.apiKeys.listOf(bob)).toMatchObject([{ name: 'key 901', start: '' }]);
  await using db = await rawDatabase(t.path);
  expect(await db.get('select api_key from apikey where total_uses = 901')).toEqual({ api_key: fernet });
});

test('a key whose user is gone goes, and stops nobody', async () => {
  await using t = await opened(withKeys);
  const store = await t.open();
  expect(await store.read.apiKeys.findByKey(clearKey(902))).toBeUndefined();
  await using db = await rawDatabase(t.path);
  expect(await db.all('pragma foreign_key_check')).toEqual([]);
  expect((await db.get('pragma integrity_check')).integrity_check).toBe('ok');
});

test('a database of ours from before there were API keys gets the table', async () => {
  await using t = await opened(python);
  await toSecondVersion(t.path);
  const store = await t.open();
  const key = { id: 'e'.repeat(32), userId: ada, name: null, expiresAt: null };
  const createdAt = '2026-01-01T00:00:00.000000Z';
  await store.write(tx => tx.apiKeys.insert({ ...key, clear: 'sk-new', createdAt }));
  expect(await store.read.apiKeys.findByKey('sk-new')).toMatchObject(key);
});

/** What the first two versions made of a database of the Python server that had no API keys. */
const toSecondVersion = async (path: string): Promise<void> => {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(path, 'writer') });
  await sql`drop table apikey`.execute(db);
  await sql`create table meta (key varchar not null primary key, value varchar not null)`.execute(db);
  for (const up of [users, search]) await db.transaction().execute(up);
  await db.insertInto('meta').values({ key: 'schema_version', value: '2' }).execute();
  await db.destroy();
};
