import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { UserChange } from '../../src/store/users.ts';
import { newId } from '../../src/store/values.ts';
import { addUser, moment, rawDatabase, temporaryStore, userRow } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  db = await temporaryStore();
});
afterEach(() => db[Symbol.asyncDispose]());

const users = () => db.store.read.users;
const change = (id: string, what: UserChange, at = 5) =>
  db.store.write(tx => tx.users.change(id, what, moment(at)));

describe('a new user', () => {
  test('is found as it was given, without its password', async () => {
    const id = newId();
    const ada = await addUser(db.store, { id, username: 'Ada', isSuperuser: true, now: moment(1) });
    expect(ada).toEqual({
      id,
      username: 'Ada',
      profileImage: null,
      isActive: true,
      isSuperuser: true,
      isAutomatic: false,
      mustChangePassword: false,
      createdAt: moment(1),
      updatedAt: moment(1),
      lastLoginAt: null,
      version: 1,
    });
    expect(await users().credentials(id)).toEqual({ user: ada, password: 'sealed' });
  });

  test('gets no name that another has', async () => {
    await addUser(db.store, { username: 'ada' });
    await expect(addUser(db.store, { username: 'ada' })).rejects.toMatchObject({
      code: 'username_unavailable',
    });
  });

  test('nobody is found by an id or a name that nobody has', async () => {
    const nobody = newId();
    expect(await users().find(nobody)).toBeUndefined();
    expect(await users().credentials(nobody)).toBeUndefined();
    expect(await users().findByName('nobody')).toBeUndefined();
  });
});

describe('a name', () => {
  test.each([
    ['ada', 'ADA'],
    ['Straße', 'STRASSE'],
    ['Ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ'],
    ['Zoë', 'zoe\u0308'],
    ['\u212aelvin', 'Kelvin'],
  ])('%s is found as %s too', async (username, typed) => {
    const user = await addUser(db.store, { username: username.normalize('NFC') });
    expect((await users().findByName(typed))?.user).toEqual(user);
  });

  test('of two that fold alike each is found by its exact spelling only', async () => {
    const [lower, upper] = [
      await addUser(db.store, { username: 'ada' }),
      await addUser(db.store, { username: 'ADA' }),
    ];
    expect((await users().findByName('ada'))?.user.id).toBe(lower.id);
    expect((await users().findByName('ADA'))?.user.id).toBe(upper.id);
    expect(await users().findByName('Ada')).toBeUndefined();
  });

  test('of two that are spelled composed and decomposed in an older database each is found as it is spelled', async () => {
    const [composed, decomposed] = ['zo\u00eb', 'zoe\u0308'];
    const [one, other] = [
      await addUser(db.store, { username: composed }),
      await addUser(db.store, { username: decomposed }),
    ];
    expect((await users().findByName(composed))?.user.id).toBe(one.id);
    expect((await users().findByName(decomposed))?.user.id).toBe(other.id);
  });

  test('is taken in any case, but not by its own user', async () => {
    const ada = await addUser(db.store, { username: 'Ada' });
    const taken = (name: string, except?: string) => db.store.write(tx => tx.users.isNameTaken(name, except));
    expect([await taken('Ada'), await taken('aDA'), await taken('adah')]).toEqual([true, true, false]);
    expect(await taken('ADA', ada.id)).toBe(false);
    expect(await taken('ADA', newId())).toBe(true);
  });

  test('that was given up is found no more, the new one is', async () => {
    const ada = await addUser(db.store, { username: 'ada' });
    await change(ada.id, { username: 'Grace' });
    expect(await users().findByName('ada')).toBeUndefined();
    expect((await users().findByName('GRACE'))?.user.id).toBe(ada.id);
  });
});

describe('a change', () => {
  test.each([
    [{ username: 'Grace' }, { username: 'Grace' }],
    [{ profileImage: 'face.png' }, { profileImage: 'face.png' }],
    [{ isActive: false }, { isActive: false }],
    [{ isSuperuser: true }, { isSuperuser: true }],
    [{ isAutomatic: true as const }, { isAutomatic: true }],
    [{ password: { sealed: 'another', cost: 11 } }, {}],
    [
      { isActive: false, isSuperuser: true },
      { isActive: false, isSuperuser: true },
    ],
  ])('to %j sets just that, raises the version and tells when', async (what, shown) => {
    const before = await addUser(db.store);
    const after = await change(before.id, what);
    expect(after).toEqual({ ...before, ...shown, version: 2, updatedAt: moment(5) });
    expect(await users().find(before.id)).toEqual(after);
  });

  test('takes an image away again', async () => {
    const { id } = await addUser(db.store);
    await change(id, { profileImage: 'face.png' });
    expect((await change(id, { profileImage: null })).profileImage).toBeNull();
  });

  test('of the password keeps it with its cost', async () => {
    const { id } = await addUser(db.store, { passwordCost: 12 });
    await change(id, { password: { sealed: 'another', cost: 14 } });
    expect((await users().credentials(id))?.password).toBe('another');
    expect(await users().highestCost()).toBe(14);
  });

  test('changes nobody else', async () => {
    const [ada, grace] = [await addUser(db.store), await addUser(db.store, { username: 'grace' })];
    await change(ada.id, { isActive: false });
    expect(await users().find(grace.id)).toEqual(grace);
  });

  test('of somebody who is gone is refused', async () => {
    await expect(change(newId(), { isActive: true })).rejects.toMatchObject({ code: 'user_not_found' });
  });

  test('to a name that another has is refused and leaves both as they were', async () => {
    const [ada, grace] = [await addUser(db.store), await addUser(db.store, { username: 'grace' })];
    await expect(change(ada.id, { username: 'grace' })).rejects.toMatchObject({
      code: 'username_unavailable',
    });
    expect([await users().find(ada.id), await users().find(grace.id)]).toEqual([ada, grace]);
  });

  test('a sign-in and a password sealed anew are none: the version stays', async () => {
    const ada = await addUser(db.store);
    await db.store.write(async tx => {
      await tx.users.signedIn(ada.id, moment(7));
      await tx.users.reseal(ada.id, { sealed: 'sealed anew', cost: 13 });
    });
    expect(await users().find(ada.id)).toEqual({ ...ada, lastLoginAt: moment(7) });
    expect((await users().credentials(ada.id))?.password).toBe('sealed anew');
    expect(await users().highestCost()).toBe(13);
  });
});

describe('superusers', () => {
  test('those count who have a password and may sign in', async () => {
    expect(await users().countActiveSuperusers()).toBe(0);
    await addUser(db.store, { username: 'langinfra', isSuperuser: true, isAutomatic: true });
    await addUser(db.store, { username: 'ada' });
    expect(await users().countActiveSuperusers()).toBe(0);
    await addUser(db.store, { username: 'former', isSuperuser: true, isActive: false });
    expect(await users().countActiveSuperusers()).toBe(0);
    const root = await addUser(db.store, { username: 'root', isSuperuser: true });
    await addUser(db.store, { username: 'grace', isSuperuser: true });
    expect(await users().countActiveSuperusers()).toBe(2);
    expect(await users().countActiveSuperusers(root.id)).toBe(1);
  });

  test('the automatic account is the one that is marked', async () => {
    expect(await users().automatic()).toBeUndefined();
    await addUser(db.store, { username: 'langinfra' });
    const marked = await addUser(db.store, { username: 'other', isAutomatic: true });
    expect(await users().automatic()).toEqual(marked);
  });

  test('the highest cost is 0 where nobody has a password', async () => {
    expect(await users().highestCost()).toBe(0);
    await addUser(db.store, { passwordCost: 10 });
    await addUser(db.store, { username: 'grace', passwordCost: 0 });
    expect(await users().highestCost()).toBe(10);
  });
});

test('who is removed takes sessions and folders along, and nobody else', async () => {
  const [ada, grace] = [await addUser(db.store), await addUser(db.store, { username: 'grace' })];
  const session = {
    door: 'local',
    createdAt: moment(0),
    expiresAt: null,
    passwordAt: null,
    byCode: false,
    address: null,
    tty: null,
    seenAt: null,
  } as const;
  await db.store.write(async tx => {
    for (const { id } of [ada, grace]) {
      await tx.folders.ensureDefault(id);
      await tx.sessions.insert({ ...session, id: `${id.slice(1)}s`, userId: id, refresh: null });
    }
  });
  await db.store.write(async tx => {
    await tx.folders.removeOf(ada.id);
    await tx.users.remove(ada.id);
  });
  expect(await users().find(ada.id)).toBeUndefined();
  expect(await users().find(grace.id)).toEqual(grace);
  await using raw = await rawDatabase(db.path);
  expect(await raw.all('select user_id from session')).toEqual([{ user_id: grace.id }]);
  expect(await raw.all('select user_id from folder')).toEqual([{ user_id: grace.id }]);
});

test('times and ids are kept as the Python Langinfra keeps them', async () => {
  const { id } = userRow();
  await addUser(db.store, { id, now: '2026-11-23T15:12:59.123456Z' });
  await using raw = await rawDatabase(db.path);
  expect(await raw.get('select id, create_at, is_active, is_superuser from user')).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    create_at: '2026-11-23 15:12:59.123456',
    is_active: 1,
    is_superuser: 0,
  });
});
