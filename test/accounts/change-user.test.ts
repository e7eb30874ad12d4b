import { describe, expect, test } from 'vitest';
import type { UserEdit } from '../../src/accounts/apply-edit.ts';
import type { User } from '../../src/store/users.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts } from '../support/accounts.ts';

const signedIn = async (t: TestAccounts, username: string, isSuperuser = false) => {
  await t.add(username, { isSuperuser });
  return t.signIn(username);
};

describe('a superuser changes a user', () => {
  const edits: UserEdit[] = [
    { username: 'Ada' },
    { username: 'augusta' },
    { profileImage: 'Space/046-rocket.svg' },
    { isActive: false },
    { isSuperuser: true },
    { username: 'augusta', profileImage: 'x.svg', isActive: false, isSuperuser: true },
  ];
  test.each(edits)('%j: just that, and the version goes up by one', async edit => {
    await using t = await openAccounts();
    const { actor } = await signedIn(t, 'root', true);
    const before = await t.add('ada');
    t.pass(10);
    const after = await t.accounts.users.change(actor, before.id, edit, before);
    const updatedAt = t.clock().toISOString().replace('Z', '000Z');
    expect(after).toEqual({ ...before, ...edit, version: 2, updatedAt });
    expect(await t.find(before.id)).toEqual(after);
  });

  test('and a reset password is the one that signs in from then on', async () => {
    await using t = await openAccounts();
    const { actor } = await signedIn(t, 'root', true);
    const ada = await t.add('ada');
    const after = await t.accounts.users.change(actor, ada.id, { password: 'another horse' }, ada);
    expect(after).toMatchObject({ version: 2, isActive: true, isSuperuser: false });
    expect(await outcomeOf(t.signIn('ada'))).toBe('bad_credentials');
    expect(await outcomeOf(t.signIn('ada', 'another horse'))).toBe('done');
  });

  test('a picture can be taken away again', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    await t.accounts.users.change(operator, id, { profileImage: 'x.svg' });
    expect(await t.accounts.users.change(operator, id, { profileImage: null })).toMatchObject({
      profileImage: null,
      version: 3,
    });
  });

  test('a new name signs in, in NFC, and the old one no longer does', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    await t.accounts.users.change(operator, id, { username: 'Zoe\u0308' });
    expect((await t.signIn('zoë')).user.username).toBe('Zoë');
    expect(await outcomeOf(t.signIn('ada'))).toBe('bad_credentials');
    expect(await outcomeOf(t.add('ada'))).toBe('done');
  });
});

describe('an edit that changes nothing', () => {
  const nothing: [string, (user: User) => UserEdit][] = [
    ['is empty', () => ({})],
    ['names no value', () => ({ username: undefined, isActive: undefined, password: undefined })],
    [
      'sends the whole user back',
      ({ username, profileImage, isActive, isSuperuser }) => ({
        username,
        profileImage,
        isActive,
        isSuperuser,
      }),
    ],
    ['sends an empty password', () => ({ password: '' })],
    ['sends the name in other bytes', ({ username }) => ({ username: username.normalize('NFD') })],
  ];

  test.each(nothing)('%s: is never refused, raises no version and ends no session', async (_, editOf) => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const automatic = await t.store.read.users.automatic();
    const root = await signedIn(t, 'Zoë', true);
    const ordinary = await signedIn(t, 'Žofie');
    // A name of an older database, that nobody could take today.
    const old = await t.find(await t.addRow('old ', ''));
    const targets = [automatic, root.user, ordinary.user, old].map(user => user as User);
    const before = await t.everything();
    for (const user of targets) {
      expect(await t.accounts.users.change(root.actor, user.id, editOf(user))).toEqual(user);
      expect(await t.accounts.users.change(operator, user.id, editOf(user), user)).toEqual(user);
      // Somebody who pressed the same key a moment later finds it done, not refused.
      const older = { ...user, version: user.version - 1, isActive: !user.isActive };
      expect(await t.accounts.users.change(root.actor, user.id, editOf(user), older)).toEqual(user);
    }
    const own = await t.accounts.users.change(ordinary.actor, ordinary.user.id, editOf(ordinary.user));
    expect(own).toEqual(ordinary.user);
    expect(await t.everything()).toEqual(before);
  });
});

describe('an edit knows what it did itself', () => {
  test('and not what somebody else had done before', async () => {
    await using t = await openAccounts();
    const seen = await t.add('dora', { isActive: false });
    const theirs = { username: 'dorothea', isActive: true, isSuperuser: true };
    const now = await t.accounts.users.change(operator, seen.id, theirs);
    expect(await t.accounts.users.edit(operator, seen.id, { isActive: true }, seen)).toEqual({
      before: now,
      after: now,
    });
  });

  test('undone, just that is set back', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const { id } = await t.add('ada');
    await t.accounts.users.change(operator, id, { isSuperuser: true });
    const done = await t.accounts.users.edit(operator, id, { username: 'eve', isActive: false });
    const undone = await t.accounts.users.undo(operator, done);
    expect(undone.before).toEqual(done.after);
    expect(undone.after).toMatchObject({ username: 'ada', isActive: true, isSuperuser: true, version: 4 });
  });

  test('undone by somebody else, it is not again, whatever else they did', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const { id } = await t.add('ada');
    const done = await t.accounts.users.edit(operator, id, { isActive: false });
    const now = await t.accounts.users.change(operator, id, { isActive: true, isSuperuser: true });
    expect(await t.accounts.users.undo(operator, done)).toEqual({ before: now, after: now });
    await t.accounts.users.change(operator, id, { isActive: false });
    expect(await outcomeOf(t.accounts.users.undo(operator, done))).toBe('stale_change');
  });
});

describe('a change is refused, and nothing of it happens', () => {
  test.each([
    ['to a name that is taken', { username: 'eve' }, 'username_unavailable'],
    ['to a name that folds to one that is taken', { username: 'EVE' }, 'username_unavailable'],
    ['to no name', { username: '' }, 'username_empty'],
    ['to too long a name', { username: 'a'.repeat(65) }, 'username_too_long'],
    ['to a name with a space behind', { username: 'ada ' }, 'username_spaces'],
    ['to a name that hides something', { username: 'ad\u202ea' }, 'username_unprintable'],
    ['to the name of the automatic account', { username: 'LANGINFRA' }, 'username_reserved'],
    ['to too short a password', { password: 'short' }, 'password_too_short'],
    ['to a good name with a bad password', { username: 'good', password: 'short' }, 'password_too_short'],
    ['to good flags with a bad name', { isSuperuser: true, username: 'eve' }, 'username_unavailable'],
  ])('%s', async (_, edit, code) => {
    await using t = await openAccounts();
    const ada = await t.add('ada');
    await t.add('eve');
    const before = await t.everything();
    expect(await outcomeOf(t.accounts.users.change(operator, ada.id, edit, ada))).toBe(code);
    expect(await t.everything()).toEqual(before);
  });

  test('of a user who is gone, also when it went while the password was hashed', async () => {
    await using t = await openAccounts();
    const { users } = t.accounts;
    const { id } = await t.add('ada');
    t.lane.meanwhile(() => users.remove(operator, id));
    expect(await outcomeOf(users.change(operator, id, { password: 'another horse' }))).toBe('user_not_found');
    expect(await outcomeOf(users.change(operator, id, { isActive: false }))).toBe('user_not_found');
    expect(await outcomeOf(users.change(operator, id, {}))).toBe('user_not_found');
    expect(await outcomeOf(users.change(operator, id, { password: 'another horse' }))).toBe('user_not_found');
  });

  test('of the automatic account: name, picture, flags and password stay', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const { id = '' } = (await t.store.read.users.automatic()) ?? {};
    const root = await signedIn(t, 'root', true);
    const before = await t.everything();
    for (const edit of [
      { username: 'other' },
      { username: 'Langinfra' },
      { profileImage: 'x.svg' },
      { isActive: false },
      { isSuperuser: false },
      { password: 'another horse' },
    ]) {
      for (const actor of [root.actor, operator]) {
        expect(await outcomeOf(t.accounts.users.change(actor, id, edit))).toBe('automatic_account');
      }
    }
    expect(await t.everything()).toEqual(before);
  });

  test('of one’s own password as a superuser: that asks for the present one, in the Profile', async () => {
    await using t = await openAccounts();
    const { actor, user } = await signedIn(t, 'root', true);
    const reset = t.accounts.users.change(actor, user.id, { password: 'another horse' });
    expect(await outcomeOf(reset)).toBe('own_password');
  });
});

describe('an ordinary user', () => {
  test('changes the own name and picture', async () => {
    await using t = await openAccounts();
    const { actor, user } = await signedIn(t, 'ada');
    const after = await t.accounts.users.change(actor, user.id, { username: 'eve', profileImage: 'x.svg' });
    expect(after).toMatchObject({ username: 'eve', profileImage: 'x.svg', version: 2 });
    expect(await t.isSignedIn(actor)).toBe(true);
  });

  test.each([
    ['the own flag Superuser', { isSuperuser: true }, 'permission_denied'],
    ['the own flag Active', { isActive: false }, 'permission_denied'],
    ['the own name together with a flag', { username: 'eve', isSuperuser: true }, 'permission_denied'],
    [
      'the own password past the question for the present one',
      { password: 'another horse' },
      'not_your_password',
    ],
  ])('does not change %s', async (_, edit, code) => {
    await using t = await openAccounts();
    const { actor, user } = await signedIn(t, 'ada');
    const before = await t.everything();
    expect(await outcomeOf(t.accounts.users.change(actor, user.id, edit))).toBe(code);
    expect(await t.everything()).toEqual(before);
  });

  test('changes and deletes nobody else, and does not learn who exists', async () => {
    await using t = await openAccounts();
    const { actor, user } = await signedIn(t, 'ada');
    const { id } = await t.add('eve');
    const before = await t.everything();
    for (const target of [id, 'f'.repeat(32)]) {
      for (const edit of [{}, { username: 'joe' }, { isActive: false }, { password: 'another horse' }]) {
        expect(await outcomeOf(t.accounts.users.change(actor, target, edit))).toBe('permission_denied');
      }
      expect(await outcomeOf(t.accounts.users.remove(actor, target))).toBe('superuser_needed');
    }
    expect(await outcomeOf(t.accounts.users.remove(actor, user.id))).toBe('superuser_needed');
    expect(await t.everything()).toEqual(before);
  });
});

test('nobody is kept from changing other things of the last superuser', async () => {
  await using t = await openAccounts();
  const { id } = await t.add('root', { isSuperuser: true });
  await t.accounts.users.change(operator, id, { username: 'chief', password: 'another horse' });
  expect(await outcomeOf(t.signIn('chief', 'another horse'))).toBe('done');
});
