import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Transaction } from '../../src/store/open.ts';
import type { Session } from '../../src/store/sessions.ts';
import type { User } from '../../src/store/users.ts';
import { newId } from '../../src/store/values.ts';
import { addUser, moment, temporaryStore, userRow } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
let user: User;
let session: Session;
beforeEach(async () => {
  db = await temporaryStore();
  user = await addUser(db.store);
  const times = { createdAt: moment(0), expiresAt: moment(60), passwordAt: moment(0), byCode: false };
  const noMore = { refresh: null, address: null, tty: null, seenAt: null };
  session = { id: newId(), userId: user.id, door: 'http', ...times, ...noMore };
  await db.store.write(tx => tx.sessions.insert(session));
});
afterEach(() => db[Symbol.asyncDispose]());

/** How much higher the counter stands after one transaction. */
const raisedBy = async (work: (tx: Transaction) => Promise<unknown>): Promise<number> => {
  const before = await db.store.read.revocations.count();
  await db.store.write(work);
  return (await db.store.read.revocations.count()) - before;
};

type Verbs = Record<string, (tx: Transaction) => Promise<unknown>>;

const takingAway: Verbs = {
  'a session that ends': tx => tx.sessions.end(session.id),
  'the end of all sessions of a user': tx => tx.sessions.endOf(user.id),
  'a user who is deactivated': tx => tx.users.change(user.id, { isActive: false }, moment(1)),
  'another name': tx => tx.users.change(user.id, { username: 'grace' }, moment(1)),
  'another password': tx => tx.users.change(user.id, { password: { sealed: 'x', cost: 4 } }, moment(1)),
  'a user who is deleted': tx => tx.users.remove(user.id),
  'a flag of many users': tx => tx.batches.setFlag([user.id], { isSuperuser: false }, moment(1)),
  'the end of the sessions of many users': tx => tx.batches.endSessions([user.id]),
  'many users who are deleted': tx => tx.batches.remove([user.id], moment(1)),
};
test.each(Object.entries(takingAway))('%s raises the counter', async (_what, work) => {
  expect(await raisedBy(work)).toBe(1);
});

const takingNothing: Verbs = {
  'a sign-in': tx => tx.users.signedIn(user.id, moment(1)),
  'a session that begins': tx => tx.sessions.insert({ ...session, id: newId() }),
  'a refresh': tx =>
    tx.sessions.setRefresh(session.id, {
      id: newId(),
      at: moment(1),
      usedUp: [{ id: newId(), at: moment(0) }],
    }),
  'a new user': tx => tx.users.insert(userRow({ username: 'grace' })),
  'the same password sealed anew': tx => tx.users.reseal(user.id, { sealed: 'x', cost: 4 }),
  'a session that had ended': tx => tx.sessions.end(newId()),
  'what had expired': tx => tx.sessions.endExpired(moment(100)),
};
test.each(Object.entries(takingNothing))('%s does not raise it', async (_what, work) => {
  expect(await raisedBy(work)).toBe(0);
});

test('one transaction raises it once, however much it takes away', async () => {
  const raised = await raisedBy(async tx => {
    for (let batch = 0; batch < 3; batch += 1)
      await tx.batches.setFlag([user.id], { isActive: false }, moment(1));
    await tx.sessions.endOf(user.id);
  });
  expect(raised).toBe(1);
});

test('what is taken back raises nothing', async () => {
  const failed = db.store.write(async tx => {
    await tx.users.change(user.id, { isActive: false }, moment(1));
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await db.store.read.revocations.count()).toBe(0);
});

describe('whoever listens', () => {
  test('is told at once whether this process took something away, from whom, who signed in, and what looks different', async () => {
    const heard: unknown[] = [];
    db.store.onChange(change => heard.push(change));
    await db.store.write(tx => tx.users.signedIn(user.id, moment(1)));
    await db.store.write(tx => tx.sessions.end(session.id));
    expect(heard).toEqual([
      {
        revoked: false,
        revokedOf: new Set(),
        signedIn: new Map([[user.id, moment(1)]]),
        tables: new Set(),
      },
      {
        revoked: true,
        revokedOf: new Set([session.id]),
        signedIn: new Map(),
        tables: new Set(['session', 'meta']),
      },
    ]);
  });

  test('hears of another process whether it took something away', async () => {
    const other = await db.another();
    const heard: boolean[] = [];
    db.store.onChange(({ revoked }) => heard.push(revoked));
    await expect.poll(db.store.knownUntil).toBeGreaterThan(0);
    await other.write(tx => tx.users.signedIn(user.id, moment(1)));
    await expect.poll(() => heard).toEqual([false]);
    await other.write(tx => tx.sessions.end(session.id));
    await expect.poll(() => heard).toEqual([false, true]);
  });

  test('knows nothing where nobody listens, and from the first look on where somebody does', async () => {
    expect(db.store.knownUntil()).toBe(Number.NEGATIVE_INFINITY);
    const began = performance.now();
    const stop = db.store.onChange(() => {});
    await expect.poll(db.store.knownUntil).toBeGreaterThanOrEqual(began);
    expect(db.store.knownUntil()).toBeLessThanOrEqual(performance.now());
    stop();
    expect(db.store.knownUntil()).toBe(Number.NEGATIVE_INFINITY);
  });
});
