import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { addUser, rawDatabase, temporaryDirectory, temporaryStore } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  db = await temporaryStore();
});
afterEach(() => db[Symbol.asyncDispose]());

const wrong = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const users of db.store.read.health.users())
    found.push(...users.filter(user => !user.isNameKeptRight).map(({ username }) => username));
  return found;
};

test('what is kept of names is made anew from the usernames', async () => {
  await addUser(db.store, { username: 'ada' });
  await addUser(db.store, { username: 'Bob' });
  {
    await using raw = await rawDatabase(db.path);
    await raw.exec(`update user set username_fold = 'x', username_skeleton = 'y' where username = 'ada';
      insert into user_search (user_search) values ('delete-all')`);
  }
  expect(await wrong()).toEqual(['ada']);
  await db.store.write(tx => tx.health.mendNames());
  expect(await wrong()).toEqual([]);
  await db.store.write(tx => tx.health.compareSearchIndex());
  expect(await db.store.read.users.findByName('ada')).toMatchObject({ user: { username: 'ada' } });
});

test('a database without tables is made into one only where one is to be made', async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/bare.db`;
  {
    await using raw = await rawDatabase(path);
    await raw.exec('create table passing (id); drop table passing');
  }
  const url = `sqlite:///${path}`;
  const open = (create: boolean) => openStore(url, { create });
  chmodSync(path, 0o600);
  await expect(open(false)).rejects.toMatchObject({ code: 'no_database' });
  await (await open(true)).close();
  await (await open(false)).close();
});
