import { afterEach, beforeEach, expect, test } from 'vitest';
import { addUser, rawDatabase, temporaryStore } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  db = await temporaryStore();
});
afterEach(() => db[Symbol.asyncDispose]());

const folders = async () => {
  await using raw = await rawDatabase(db.path);
  return raw.all('select name, description, parent_id, user_id from folder');
};
const ensureDefault = (userId: string) => db.store.write(tx => tx.folders.ensureDefault(userId));

test('every user gets one default folder, and only one', async () => {
  const [ada, grace] = [await addUser(db.store), await addUser(db.store, { username: 'grace' })];
  const made = [await ensureDefault(ada.id), await ensureDefault(ada.id), await ensureDefault(grace.id)];
  expect(made).toEqual([true, false, true]);
  const folder = {
    name: 'My Projects',
    description: 'Manage your own projects. Download and upload folders.',
    parent_id: null,
  };
  expect(await folders()).toEqual([
    { ...folder, user_id: ada.id },
    { ...folder, user_id: grace.id },
  ]);
});

test('the folders of a user go, one inside another too, and nobody else loses one', async () => {
  const [ada, grace] = [await addUser(db.store), await addUser(db.store, { username: 'grace' })];
  await ensureDefault(grace.id);
  await using raw = await rawDatabase(db.path);
  const insert = 'insert into folder (id, name, parent_id, user_id) values (?, ?, ?, ?)';
  await raw.run(insert, 'outer', 'Outer', null, ada.id);
  await raw.run(insert, 'inner', 'Inner', 'outer', ada.id);
  await db.store.write(tx => tx.folders.removeOf(ada.id));
  expect(await folders()).toMatchObject([{ user_id: grace.id }]);
});
