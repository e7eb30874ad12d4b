import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../src/store/sessions.ts';
import { newId } from '../../src/store/values.ts';
import { addUser, moment, rawDatabase, temporaryStore } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
let ada: string;
beforeEach(async () => {
  db = await temporaryStore();
  ada = (await addUser(db.store)).id;
});
afterEach(() => db[Symbol.asyncDispose]());

const find = (id: string) => db.store.read.sessions.find(id);
const begin = async (session: Partial<Session> = {}): Promise<Session> => {
  const begun: Session = {
    id: newId(),
    userId: ada,
    door: 'local',
    createdAt: moment(0),
    expiresAt: null,
    passwordAt: null,
    byCode: false,
    refresh: null,
    address: null,
    tty: null,
    seenAt: null,
    ...session,
  };
  await db.store.write(tx => tx.sessions.insert(begun));
  return begun;
};

test.each<[string, Partial<Session>]>([
  ['of the console, without a password and without an end', {}],
  ['of the console, with a password', { passwordAt: moment(0), expiresAt: moment(60) }],
  [
    'of the API, with a refresh token',
    { door: 'http', passwordAt: moment(0), refresh: { id: newId(), at: moment(1), usedUp: [] } },
  ],
  ['with where it was begun', { address: '192.0.2.7', tty: 'pts/3', seenAt: moment(5) }],
  [
    'of the API, refreshed before',
    {
      door: 'http',
      expiresAt: moment(9),
      refresh: {
        id: newId(),
        at: moment(2),
        usedUp: [
          { id: newId(), at: moment(2) },
          { id: newId(), at: moment(1) },
        ],
      },
    },
  ],
])('a session %s is found as it was begun', async (_, session) => {
  const begun = await begin(session);
  expect(await find(begun.id)).toEqual(begun);
});

test('a session of nobody cannot be begun', async () => {
  await expect(begin({ userId: newId() })).rejects.toThrow(/FOREIGN KEY/);
});

test('a session of the first version, which kept one id without its time, is found with both', async () => {
  const { id, refresh } = await begin({ refresh: { id: newId(), at: moment(1), usedUp: [] } });
  await using raw = await rawDatabase(db.path);
  await raw.run("update session set refresh_previous = 'before' where id = ?", id);
  expect((await find(id))?.refresh).toEqual({ ...refresh, usedUp: [{ id: 'before', at: moment(1) }] });
});

test('a refresh token takes the place of another, and goes', async () => {
  const first = { id: newId(), at: moment(1), usedUp: [] };
  const begun = await begin({ refresh: first });
  const other = await begin();
  const next = { id: newId(), at: moment(2), usedUp: [{ id: first.id, at: moment(2) }] };
  await db.store.write(tx => tx.sessions.setRefresh(begun.id, next));
  expect(await find(begun.id)).toEqual({ ...begun, refresh: next });
  await db.store.write(tx => tx.sessions.setRefresh(begun.id, null));
  expect(await find(begun.id)).toEqual({ ...begun, refresh: null });
  expect(await find(other.id)).toEqual(other);
});

test('signing out ends that session, and no other', async () => {
  const [one, other] = [await begin(), await begin()];
  await db.store.write(tx => tx.sessions.end(one.id));
  expect(await find(one.id)).toBeUndefined();
  expect(await find(other.id)).toEqual(other);
});

test('every session of a user can be ended, or all but one, and nobody else loses one', async () => {
  const grace = (await addUser(db.store, { username: 'grace' })).id;
  const [kept, lost, others] = [await begin(), await begin(), await begin({ userId: grace })];
  await db.store.write(tx => tx.sessions.endOf(ada, kept.id));
  expect([await find(kept.id), await find(lost.id), await find(others.id)]).toEqual([
    kept,
    undefined,
    others,
  ]);
  await db.store.write(tx => tx.sessions.endOf(ada));
  expect([await find(kept.id), await find(others.id)]).toEqual([undefined, others]);
});

test('sessions whose time is over are cleared away, those without an end stay', async () => {
  const [over, now, later, endless] = [
    await begin({ expiresAt: moment(1) }),
    await begin({ expiresAt: moment(2) }),
    await begin({ expiresAt: moment(3) }),
    await begin(),
  ];
  await db.store.write(tx => tx.sessions.endExpired(moment(2)));
  const left = await Promise.all([over, now, later, endless].map(({ id }) => find(id)));
  expect(left).toEqual([undefined, now, later, endless]);
});

test('open are those without an end and those whose end is not over, of all users', async () => {
  const grace = (await addUser(db.store, { username: 'grace' })).id;
  expect(await db.store.read.sessions.countOpen(moment(2))).toBe(0);
  for (const at of [1, 2, 3]) await begin({ expiresAt: moment(at) });
  await begin({ userId: grace });
  expect(await db.store.read.sessions.countOpen(moment(2))).toBe(3);
});
