import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/store/open.ts';
import { foreignDatabase, python, rawDatabase, temporaryDirectory } from '../support/store.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
let store: Store;
beforeEach(async () => {
  directory = temporaryDirectory();
  path = `${directory.path}/langinfra.db`;
  await foreignDatabase(path, python);
  store = await openStore(`sqlite:///${path}`, { create: false });
});
afterEach(async () => {
  await store.close();
  directory[Symbol.dispose]();
});

const tableOf = async (name: string) => {
  await using db = await rawDatabase(path);
  return db.all(`select * from ${name}`);
};

test('every user is there, with a version to begin with', async () => {
  expect(await store.read.users.find('a'.repeat(32))).toEqual({
    id: 'a'.repeat(32),
    username: 'Ada',
    profileImage: null,
    isActive: true,
    isSuperuser: true,
    isAutomatic: false,
    createdAt: '2024-05-06T07:08:09.123456Z',
    updatedAt: '2024-05-06T07:08:09.000000Z',
    lastLoginAt: '2024-06-01T00:00:00.000001Z',
    mustChangePassword: false,
    version: 1,
  });
  expect(await store.read.lists.count({ sort: 'username', order: 'asc' })).toBe(3);
});

test('two whose names fold alike are each found by the exact spelling, and by no other', async () => {
  const idOf = async (name: string) => (await store.read.users.findByName(name))?.user.id[0];
  expect([await idOf('Ada'), await idOf('ADA'), await idOf('ada')]).toEqual(['a', 'b', undefined]);
});

test('a name nobody else has is found in any case', async () => {
  expect((await store.read.users.findByName('STRASSE'))?.user.username).toBe('Straße');
});

test('passwords stay as they were, and their cost is known', async () => {
  expect((await store.read.users.credentials('a'.repeat(32)))?.password).toBe(`$2b$12$${'x'.repeat(53)}`);
  const rows = await tableOf('user');
  expect(rows.map(row => row.password_cost)).toEqual([12, 4, 0]);
  expect(rows.map(row => row.username_fold)).toEqual(['ada', 'ada', 'strasse']);
  expect(await store.read.users.highestCost()).toBe(12);
});

test('folders, keys and whatever else the Python server keeps are left as they were', async () => {
  expect(await tableOf('folder')).toMatchObject([{ name: 'My Projects', user_id: 'a'.repeat(32) }]);
  expect(await tableOf('alembic_version')).toEqual([{ version_num: '0ae3a2674f32' }]);
  expect((await tableOf('user')).map(row => row.store_api_key)).toEqual([null, null, 'key']);
  expect(await store.write(tx => tx.folders.ensureDefault('a'.repeat(32)))).toBe(false);
});

test('users are listed and changed like any other', async () => {
  const page = await store.read.lists.page({ sort: 'last_login', order: 'desc' }, 'start', 10);
  expect(page.map(({ user }) => user.id[0])).toEqual(['a', 'c', 'b']);
  const now = '2026-01-01T00:00:00.000000Z';
  const changed = await store.write(tx => tx.users.change('b'.repeat(32), { username: 'Grace' }, now));
  expect(changed).toMatchObject({ username: 'Grace', version: 2, updatedAt: now });
});

test('it is made ours once only', async () => {
  await store.write(tx =>
    tx.users.change('c'.repeat(32), { isActive: false }, '2026-01-01T00:00:00.000000Z'),
  );
  await store.close();
  store = await openStore(`sqlite:///${path}`, { create: false });
  expect((await store.read.users.find('c'.repeat(32)))?.version).toBe(2);
});
