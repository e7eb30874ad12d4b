import { describe, expect, test } from 'vitest';
import { createBcryptLane } from '../../src/accounts/bcrypt-lane.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

const folderNames = async (t: TestAccounts, id: string) =>
  (await t.rows<{ name: string }>('select name from folder where user_id = ?', id)).map(row => row.name);

describe('the right name and password', () => {
  test('sign in, and the time of it is remembered as the last sign-in, which is no change of the user', async () => {
    await using t = await openAccounts();
    const ada = await t.add('ada');
    t.pass(60);
    const { user, actor, session } = await t.signIn('ada');
    const now = t.clock().toISOString().replace('Z', '000Z');
    expect(user).toEqual({ ...ada, lastLoginAt: now });
    expect(await t.find(ada.id)).toEqual({ ...ada, lastLoginAt: now });
    expect(actor).toMatchObject({ kind: 'session', sessionId: session.id, userId: ada.id });
    expect(await t.accounts.sessions.current(actor)).toEqual(user);
  });

  test('begin a session of its own each time', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const [one, two] = [await t.signIn('ada'), await t.signIn('ada')];
    expect(one.session.id).not.toBe(two.session.id);
    expect(await t.isSignedIn(one.actor)).toBe(true);
    expect(await t.isSignedIn(two.actor)).toBe(true);
  });

  test('make the default folder where it is missing, and only there', async () => {
    await using t = await openAccounts();
    const ada = await t.add('ada');
    await t.rows('delete from folder');
    await t.signIn('ada');
    expect(await folderNames(t, ada.id)).toEqual(['My Projects']);
    await t.rows("update folder set name = 'Mine'");
    await t.signIn('ada');
    expect(await folderNames(t, ada.id)).toEqual(['Mine']);
  });

  test('sign in with the name in another case, and with accents typed in another way', async () => {
    await using t = await openAccounts();
    const names = { Straße: ['STRASSE', 'strasse'], Zoë: ['zoe\u0308', 'ZOË'], Ada: ['ada', 'ADA', 'aDa'] };
    for (const [name, spellings] of Object.entries(names)) {
      const { id } = await t.add(name);
      for (const spelling of spellings) expect((await t.signIn(spelling)).user.id).toBe(id);
    }
  });

  test('sign in with a password typed on another keyboard, as other bytes of the same characters', async () => {
    await using t = await openAccounts();
    await t.add('ada', { password: 'pâssword ﬁne' });
    await expect(t.signIn('ada', 'pa\u0302ssword fine')).resolves.toBeDefined();
  });
});

describe('a sign-in is refused', () => {
  const wrong = [
    ['with a wrong password', 'ada', 'wrong horse'],
    ['with no password', 'ada', ''],
    ['with the password in another case', 'ada', usual.toUpperCase()],
    ['with a space behind the password', 'ada', `${usual} `],
    ['with a password longer than bcrypt reads', 'ada', usual.padEnd(73, 'x')],
    ['with NUL behind the password', 'ada', `${usual}\0`],
    ['with an unknown name', 'nobody', usual],
    ['with no name', '', usual],
    ['with a name that is no text', '\ud800', usual],
    ['with a space behind the name', 'ada ', usual],
    ['with a wildcard as the name', '%', usual],
  ] as const;

  test.each(wrong)('%s, always in the same words', async (_, name, password) => {
    await using t = await openAccounts();
    await t.add('ada');
    const before = await t.everything();
    await expect(t.signIn(name, password)).rejects.toMatchObject({
      code: 'bad_credentials',
      message: 'Incorrect username or password',
    });
    expect(await t.everything()).toEqual(before);
  });

  test('with "Waiting for approval" after the right password of somebody who never signed in', async () => {
    await using t = await openAccounts();
    await t.add('ada', { isActive: false });
    const before = await t.everything();
    await expect(t.signIn('ada')).rejects.toThrow('Waiting for approval');
    expect(await outcomeOf(t.signIn('ada', 'wrong horse'))).toBe('bad_credentials');
    expect(await t.everything()).toEqual(before);
  });

  test('with "Inactive user" after the right password of somebody who was deactivated', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    await t.signIn('ada');
    await t.accounts.users.change(operator, id, { isActive: false });
    const before = await t.everything();
    await expect(t.signIn('ada')).rejects.toThrow('Inactive user');
    expect(await outcomeOf(t.signIn('ada', 'wrong horse'))).toBe('bad_credentials');
    expect(await t.everything()).toEqual(before);
  });

  test('when too many wait, without a word on the password', async () => {
    const lane = createBcryptLane(1);
    await using t = await openAccounts({ lane });
    await t.add('ada');
    // Each of them asks again as soon as it is answered, so that the line is always full.
    const again = (): Promise<unknown> => lane.hash('other', 4).then(again, () => undefined);
    const others = Array.from({ length: 129 }, again);
    expect(await outcomeOf(t.signIn('ada'))).toBe('too_busy');
    await lane.close();
    await Promise.all(others);
  });
});

describe('what happens while the password is checked counts', () => {
  const happenings = {
    'a password changed meanwhile': (t: TestAccounts, id: string) =>
      t.accounts.users.change(operator, id, { password: 'another horse' }),
    'a user deleted meanwhile': (t: TestAccounts, id: string) => t.accounts.users.remove(operator, id),
  };
  test.each(Object.entries(happenings))('%s: refused, no session', async (_, happen) => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    t.lane.meanwhile(() => happen(t, id));
    expect(await outcomeOf(t.signIn('ada'))).toBe('bad_credentials');
    expect(await t.rows('select * from session')).toEqual([]);
  });

  test('a password put there meanwhile past our rules: refused, and not written over', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    t.lane.meanwhile(() => t.rows("update user set password = '$2b$04$python'"));
    expect(await outcomeOf(t.signIn('ada'))).toBe('bad_credentials');
    expect(await t.stored(id)).toBe('$2b$04$python');
  });

  test('a user deactivated meanwhile: refused as inactive, no session', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    t.lane.meanwhile(() => t.accounts.users.change(operator, id, { isActive: false }));
    expect(await outcomeOf(t.signIn('ada'))).toBe('waiting_for_approval');
    expect(await t.rows('select * from session')).toEqual([]);
  });

  test('a user renamed or promoted meanwhile: signed in as what it is now', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    t.lane.meanwhile(() => t.accounts.users.change(operator, id, { username: 'eve', isSuperuser: true }));
    expect((await t.signIn('ada')).user).toMatchObject({ id, username: 'eve', isSuperuser: true });
  });
});

describe('two names that fold alike, in an older database', () => {
  test('each sign in by their exact spelling, and by no other', async () => {
    await using t = await openAccounts();
    const capital = await t.add('Ada');
    const small = await t.addRow('ada', '');
    await t.accounts.users.change(operator, small, { password: 'small horse' });
    expect((await t.signIn('Ada')).user.id).toBe(capital.id);
    expect((await t.signIn('ada', 'small horse')).user.id).toBe(small);
    for (const [name, password] of [
      ['ADA', usual],
      ['ADA', 'small horse'],
      ['ada', usual],
      ['Ada', 'small horse'],
    ] as const) {
      expect(await outcomeOf(t.signIn(name, password))).toBe('bad_credentials');
    }
  });
});

describe('the automatic account', () => {
  test('never signs in by a password, in any process', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const off = await t.another();
    for (const password of ['', 'langinfra', usual, '\0']) {
      expect(await outcomeOf(t.signIn('langinfra', password))).toBe('bad_credentials');
      expect(await outcomeOf(off.signIn('langinfra', password))).toBe('bad_credentials');
    }
  });

  test('is signed in only where automatic sign-in is on, and its session counts only there', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    const off = await t.another();
    expect(await t.accounts.signInAutomatically('local')).toBeUndefined();
    await t.accounts.bootstrap.prepare(undefined);
    const automatic = await t.accounts.signInAutomatically('local');
    expect(automatic?.user).toMatchObject({ username: 'langinfra', isAutomatic: true, isSuperuser: true });
    if (!automatic) return;
    expect(await t.isSignedIn(automatic.actor)).toBe(true);
    expect(await off.isSignedIn(automatic.actor)).toBe(false);
    expect(
      await outcomeOf(off.accounts.users.count(automatic.actor, { sort: 'username', order: 'asc' })),
    ).toBe('session_ended');
    expect(await off.accounts.signInAutomatically('local')).toBeUndefined();
  });
});
