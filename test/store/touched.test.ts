import { createQueryId, RawNode } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Transaction } from '../../src/store/open.ts';
import type { Change } from '../../src/store/revocations.ts';
import { createTouched, touches } from '../../src/store/touched.ts';
import type { User } from '../../src/store/users.ts';
import { newId } from '../../src/store/values.ts';
import { addUser, moment, temporaryStore, userRow } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
let user: User;
beforeEach(async () => {
  db = await temporaryStore();
  user = await addUser(db.store);
});
afterEach(() => db[Symbol.asyncDispose]());

const changeBy = async (work: (tx: Transaction) => Promise<unknown>): Promise<Change> => {
  const heard: Change[] = [];
  const stop = db.store.onChange(change => heard.push(change));
  await db.store.write(work);
  stop();
  const [change] = heard;
  if (!change || heard.length > 1) throw new Error(`heard of ${heard.length} changes`);
  return change;
};

const whatLooksDifferent: [string, (tx: Transaction) => Promise<unknown>, string[]][] = [
  ['nothing by a sign-in, of which a change tells itself', tx => tx.users.signedIn(user.id, moment(1)), []],
  ['nothing by a password sealed anew', tx => tx.users.reseal(user.id, { sealed: 'x', cost: 4 }), []],
  ['a user by a flag', tx => tx.users.change(user.id, { isActive: false }, moment(1)), ['user', 'meta']],
  ['a user who is new', tx => tx.users.insert(userRow({ username: 'grace' })), ['user']],
  ['a user who is deleted', tx => tx.users.remove(user.id), ['user', 'meta']],
  [
    'many users by one statement',
    tx => tx.batches.setFlag([user.id], { isSuperuser: true }, moment(1)),
    ['user', 'meta'],
  ],
  [
    'sessions by when they were used',
    tx => tx.sessionLists.setSeen(new Map([[newId(), moment(1)]])),
    ['session'],
  ],
  ['nothing by reading', tx => tx.users.find(user.id), []],
];
test.each(whatLooksDifferent)('%s', async (_what, work, tables) => {
  expect([...((await changeBy(work)).tables ?? ['not known'])]).toEqual(tables);
});

test.each([
  ['update user set is_active = 0', ['user']],
  ['insert into "session" (id) values (?)', ['session']],
  ['delete from recovery where id = ?', ['recovery']],
  ['select id from user', []],
  ['update or ignore user set is_active = 0', 'any'],
  ['insert into main.user (id) values (?)', 'any'],
  ['insert or replace into user (id) values (?)', 'any'],
  ["insert into user_search (user_search) values ('rebuild')", 'any'],
  ['with gone as (select 1) delete from user', 'any'],
])('by %s: %s', (text, tables) => {
  const touched = createTouched();
  touched.plugin.transformQuery({ node: RawNode.createWithSql(text), queryId: createQueryId() });
  const told = touched.tables();
  expect(told ? [...told] : 'any').toEqual(tables);
});

test('of an import, and of another process, everything may', async () => {
  const change = await changeBy(tx => tx.imports.inBulk(10_000, async () => {}));
  expect(change.tables).toBeUndefined();
  expect(touches(change, 'audit')).toBe(true);
});

test('what this process has written is told once, and what another writes beside it is told', async () => {
  const heard: Change[] = [];
  const other = await db.another();
  db.store.onChange(change => heard.push(change));
  await expect.poll(db.store.knownUntil).toBeGreaterThan(0);
  await db.store.write(tx => tx.users.change(user.id, { isActive: false }, moment(1)));
  const written = performance.now();
  await vi.waitFor(() => expect(db.store.knownUntil()).toBeGreaterThan(written), 5_000);
  expect(heard.map(({ tables }) => tables !== undefined)).toEqual([true]);

  await Promise.all([
    other.write(tx => tx.users.signedIn(user.id, moment(2))),
    db.store.write(tx => tx.users.signedIn(user.id, moment(3))),
  ]);
  await expect.poll(() => heard.filter(({ tables }) => tables === undefined).length).toBe(1);
});
