import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/store/open.ts';
import { foreignDatabase, rawDatabase, temporaryDirectory } from '../support/store.ts';

// What Langinfra 1.1 (Python, SQLAlchemy) makes: a fraction of zero is left out, names differ in case at will.
const python = `
  create table alembic_version (version_num varchar(32) not null primary key);
  insert into alembic_version values ('0ae3a2674f32');
  create table user (
    id char(32) not null, username varchar not null, password varchar not null, profile_image varchar,
    is_active boolean not null, is_superuser boolean not null, create_at datetime not null,
    updated_at datetime not null, last_login_at datetime, store_api_key varchar, primary key (id));
  create unique index ix_user_username on user (username);
  create table folder (
    name varchar not null, description varchar, id char(32) not null, parent_id char(32), user_id char(32),
    primary key (id), constraint unique_folder_name unique (user_id, name),
    foreign key (parent_id) references folder (id), foreign key (user_id) references user (id));
  create table apikey (
    name varchar, last_used_at datetime, total_uses integer not null, is_active boolean not null,
    id char(32) not null, created_at datetime not null, api_key varchar not null, user_id char(32) not null,
    primary key (id), foreign key (user_id) references user (id));
  create unique index ix_apikey_api_key on apikey (api_key);
  insert into user values
    ('${'a'.repeat(32)}', 'Ada', '$2b$12$${'x'.repeat(53)}', null, 1, 1,
      '2024-05-06 07:08:09.123456', '2024-05-06 07:08:09', '2024-06-01 00:00:00.000001', null),
    ('${'b'.repeat(32)}', 'ADA', '$2b$04$${'y'.repeat(53)}', 'face.png', 0, 0,
      '2024-05-06 07:08:10', '2024-05-06 07:08:10', null, null),
    ('${'c'.repeat(32)}', 'Straße', '', null, 1, 0,
      '2024-05-06 07:08:11', '2024-05-06 07:08:11', null, 'key');
  insert into folder values ('My Projects', null, '${'f'.repeat(32)}', null, '${'a'.repeat(32)}');`;

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
