import { describe, expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

const next = 'another horse';

/** Somebody who signed in so many seconds ago. */
const signedIn = async (t: TestAccounts, ago = 3600) => {
  await t.add('ada');
  const signedIn = await t.signIn('ada');
  t.pass(ago);
  return signedIn;
};

describe('changing one’s own password with the present one', () => {
  test('counts at once: the new one signs in, the old one does not', async () => {
    await using t = await openAccounts();
    const { actor, user } = await signedIn(t);
    const after = await t.accounts.changeOwnPassword(actor, { current: usual, next });
    expect(after).toMatchObject({ id: user.id, version: user.version + 1 });
    expect(await outcomeOf(t.signIn('ada'))).toBe('bad_credentials');
    expect(await outcomeOf(t.signIn('ada', next))).toBe('done');
    expect(t.sealing.isSealed((await t.stored(user.id)) ?? '')).toBe(true);
  });

  test('ends all other sessions, and keeps this one', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const { actor } = await signedIn(t);
    const elsewhere = [await t.signIn('ada', usual, 'http'), await other.signIn('ada')];
    await t.add('eve');
    const eve = await t.signIn('eve');
    await t.accounts.changeOwnPassword(actor, { current: usual, next });
    for (const process of [t, other]) {
      expect(await process.isSignedIn(actor)).toBe(true);
      expect(await process.isSignedIn(eve.actor)).toBe(true);
      for (const { actor } of elsewhere) expect(await process.isSignedIn(actor)).toBe(false);
    }
  });
});

describe('changing one’s own name and password together', () => {
  test('does both in one change', async () => {
    await using t = await openAccounts();
    const { actor, user } = await signedIn(t);
    const edit = { username: 'Zoe\u0308', profileImage: 'x.svg' };
    const after = await t.accounts.changeOwnPassword(actor, { current: usual, next, edit, seen: user });
    expect(after).toMatchObject({ username: 'Zoë', profileImage: 'x.svg', version: user.version + 1 });
    expect(await t.isSignedIn(actor)).toBe(true);
    expect(await outcomeOf(t.signIn('zoë', next))).toBe('done');
  });

  test.each([
    ['a name that is taken', { username: 'EVE' }, 'username_unavailable'],
    ['a bad name', { username: ' ada' }, 'username_spaces'],
    ['the password as name', { username: 'Another Horse' }, 'password_is_username'],
    ['more rights', { isSuperuser: true }, 'permission_denied'],
    ['an end of oneself', { isActive: false }, 'permission_denied'],
  ])('does neither with %s', async (_, edit, code) => {
    await using t = await openAccounts();
    const { actor } = await signedIn(t);
    await t.add('eve');
    const before = await t.everything();
    const change = t.accounts.changeOwnPassword(actor, { current: usual, next, edit });
    expect(await outcomeOf(change)).toBe(code);
    expect(await t.everything()).toEqual(before);
  });

  test('does neither where somebody changed the account meanwhile', async () => {
    await using t = await openAccounts();
    const { actor, user } = await signedIn(t);
    await t.accounts.users.change(operator, user.id, { username: 'eve' });
    const change = t.accounts.changeOwnPassword(actor, { current: usual, next, seen: user });
    await expect(change).rejects.toThrow('it was called ada');
    expect(await outcomeOf(t.signIn('eve', usual))).toBe('done');
  });
});

describe('the present password is not asked for', () => {
  test.each([
    ['within 5 minutes of the sign-in that began the session', 299, 'done'],
    ['later: then it is', 300, 'current_password_missing'],
  ])('%s', async (_, ago, outcome) => {
    await using t = await openAccounts();
    const { actor } = await signedIn(t, ago);
    expect(await outcomeOf(t.accounts.changeOwnPassword(actor, { next }))).toBe(outcome);
    expect(await outcomeOf(t.signIn('ada', outcome === 'done' ? next : usual))).toBe('done');
  });

  test('because of another session that was begun just now', async () => {
    await using t = await openAccounts();
    const { actor } = await signedIn(t);
    await t.signIn('ada');
    expect(await outcomeOf(t.accounts.changeOwnPassword(actor, { next }))).toBe('current_password_missing');
  });

  test('but a wrong one that is given is refused even then', async () => {
    await using t = await openAccounts();
    const { actor } = await signedIn(t, 0);
    for (const current of ['wrong horse', '', `${usual}\0`]) {
      const change = t.accounts.changeOwnPassword(actor, { current, next });
      expect(await outcomeOf(change)).toBe('current_password_wrong');
    }
  });
});

test('guessing the present password over the network locks the account, and the audit says so', async () => {
  await using t = await openAccounts();
  const signedIn = await t.add('ada').then(() => t.signInFrom('192.0.2.1', 'ada'));
  const actor = { ...signedIn.actor, from: { door: 'http', address: '192.0.2.1' } } as const;
  const guess = () => outcomeOf(t.accounts.changeOwnPassword(actor, { current: 'wrong horse', next }));
  const locks = () => t.accounts.audit.page(operator, { event: 'locked' }, { limit: 9 });
  for (let time = 1; time <= 4; time += 1) expect(await guess()).toBe('current_password_wrong');
  expect(await locks()).toEqual([]);
  expect(await guess()).toBe('current_password_wrong');
  expect(await guess()).toBe('too_many_attempts');
  expect((await locks()).map(({ actorName, targetName, door }) => [actorName, targetName, door])).toEqual([
    ['ada', 'ada', 'http'],
  ]);
});

describe('one’s own password is not changed, and no session ends', () => {
  test.each([
    ['with a wrong present one', { current: 'wrong horse', next }, 'current_password_wrong'],
    ['to what it is', { current: usual, next: usual }, 'password_unchanged'],
    ['to too short a one', { current: usual, next: 'short' }, 'password_too_short'],
    ['to too long a one', { current: usual, next: 'x'.repeat(73) }, 'password_too_long'],
    ['to the username', { current: usual, next: 'ADA LOVELACE' }, 'password_is_username'],
  ])('%s', async (_, change, code) => {
    await using t = await openAccounts();
    await t.add('ada lovelace');
    const { actor } = await t.signIn('ada lovelace');
    await t.signIn('ada lovelace');
    const before = await t.everything();
    expect(await outcomeOf(t.accounts.changeOwnPassword(actor, change))).toBe(code);
    expect(await t.everything()).toEqual(before);
  });

  test('to what it is, typed in other bytes', async () => {
    await using t = await openAccounts();
    await t.add('ada', { password: 'ﬁne password' });
    const { actor } = await t.signIn('ada', 'ﬁne password');
    const change = t.accounts.changeOwnPassword(actor, { next: 'fine password' });
    expect(await outcomeOf(change)).toBe('password_unchanged');
  });

  test('of the automatic account, nor by a command', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const automatic = await t.accounts.signInAutomatically('local');
    if (!automatic) throw new Error('not signed in');
    const before = await t.everything();
    expect(await outcomeOf(t.accounts.changeOwnPassword(automatic.actor, { next }))).toBe(
      'automatic_account',
    );
    expect(await outcomeOf(t.accounts.changeOwnPassword(operator, { next }))).toBe('session_ended');
    expect(await t.everything()).toEqual(before);
  });

  const happenings: [string, (t: TestAccounts, id: string, sessionId: string) => Promise<unknown>][] = [
    ['signed out', (t, _, sessionId) => t.accounts.sessions.end(sessionId)],
    ['deactivated', (t, id) => t.accounts.users.change(operator, id, { isActive: false })],
    ['reset', (t, id) => t.accounts.users.change(operator, id, { password: 'reset horse' })],
    ['deleted', (t, id) => t.accounts.users.remove(operator, id)],
  ];
  test.each(happenings)('when the user is %s while it is hashed', async (_, happen) => {
    await using t = await openAccounts();
    const { actor, user, session } = await signedIn(t);
    t.lane.meanwhile(() => happen(t, user.id, session.id));
    const change = t.accounts.changeOwnPassword(actor, { current: usual, next });
    expect(await outcomeOf(change)).toBe('session_ended');
    expect(await outcomeOf(t.signIn('ada', next))).toBe('bad_credentials');
  });

  test('twice from one screen: the second change is refused, the first one counts', async () => {
    await using t = await openAccounts();
    const { actor } = await signedIn(t);
    t.lane.meanwhile(() => t.accounts.changeOwnPassword(actor, { current: usual, next: 'first horse' }));
    const second = t.accounts.changeOwnPassword(actor, { current: usual, next: 'second horse' });
    expect(await outcomeOf(second)).toBe('current_password_wrong');
    expect(await outcomeOf(t.signIn('ada', 'first horse'))).toBe('done');
  });
});
