import { describe, expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf, usual } from '../support/accounts.ts';

const account = { username: 'eve', password: usual };

describe('a superuser adds a user', () => {
  test('who can sign in where the flags say so, and has the default folder from the start', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const { actor } = await t.signIn('root');
    const eve = await t.accounts.users.create(actor, { ...account, isActive: true, isSuperuser: true });
    expect(eve).toMatchObject({ username: 'eve', isActive: true, isSuperuser: true, isAutomatic: false });
    expect(eve).toMatchObject({ profileImage: null, lastLoginAt: null, version: 1 });
    expect(eve.id).toMatch(/^[0-9a-f]{32}$/);
    expect(await t.rows('select name, parent_id from folder where user_id = ?', eve.id)).toEqual([
      { name: 'My Projects', parent_id: null },
    ]);
    expect((await t.signIn('eve')).user.id).toBe(eve.id);
  });

  test.each([false, true])(
    'and NEW_USER_IS_ACTIVE=%s counts where no flag is given',
    async newUserIsActive => {
      await using t = await openAccounts({ settings: { newUserIsActive } });
      const eve = await t.accounts.users.create(operator, account);
      expect(eve).toMatchObject({ isActive: newUserIsActive, isSuperuser: false });
      const bob = { username: 'bob', password: usual, isActive: !newUserIsActive };
      expect(await t.accounts.users.create(operator, bob)).toMatchObject({ isActive: !newUserIsActive });
    },
  );

  test('whose name is stored in NFC', async () => {
    await using t = await openAccounts();
    expect((await t.add('Zoe\u0308')).username).toBe('Zoë');
  });
});

describe('a user is not added, and nothing of it stays behind', () => {
  test.each([
    ['with a name that is taken', { username: 'ada' }, 'username_unavailable'],
    ['with a name that folds to one that is taken', { username: 'ADA' }, 'username_unavailable'],
    ['with a name that is taken, typed in other bytes', { username: 'zoe\u0308' }, 'username_unavailable'],
    ['with no name', { username: '' }, 'username_empty'],
    ['with too long a name', { username: 'a'.repeat(65) }, 'username_too_long'],
    ['with a space behind the name', { username: 'eve ' }, 'username_spaces'],
    ['with an invisible character in the name', { username: 'e\u200bve' }, 'username_unprintable'],
    ['with the name of the automatic account', { username: 'LangInfra' }, 'username_reserved'],
    ['with too short a password', { password: 'short' }, 'password_too_short'],
    [
      'with the name as password',
      { password: 'Ada Lovelace', username: 'ada lovelace' },
      'password_is_username',
    ],
  ])('%s', async (_, wrong, code) => {
    await using t = await openAccounts();
    await t.add('Ada');
    await t.add('Zoë');
    const before = await t.everything();
    expect(await outcomeOf(t.accounts.users.create(operator, { ...account, ...wrong }))).toBe(code);
    expect(await t.everything()).toEqual(before);
  });

  test('by somebody who is no superuser, whose answer does not tell which names exist', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    const before = await t.everything();
    for (const username of ['eve', 'ada', '']) {
      expect(await outcomeOf(t.accounts.users.create(actor, { ...account, username }))).toBe(
        'superuser_needed',
      );
    }
    expect(await t.everything()).toEqual(before);
  });

  test('twice by two processes at once: one of them is told that the name is taken', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    for (const [one, two] of [
      ['ada', 'ada'],
      ['Bob', 'bOB'],
      ['Zoë', 'zoe\u0308'],
    ] as const) {
      const outcomes = await Promise.all([outcomeOf(t.add(one)), outcomeOf(other.add(two))]);
      expect(outcomes.sort()).toEqual(['done', 'username_unavailable']);
    }
    expect(await t.rows('select count(*) as users from user')).toEqual([{ users: 3 }]);
  });
});

describe('the first superuser, made by whoever sits at the terminal', () => {
  test('is offered where automatic sign-in is off and no superuser can sign in', async () => {
    await using t = await openAccounts();
    const on = await t.another({ settings: { autoLogin: true } });
    expect(await t.accounts.users.needsFirstSuperuser()).toBe(true);
    expect(await on.accounts.users.needsFirstSuperuser()).toBe(false);
    await on.accounts.bootstrap.prepare(undefined);
    await t.add('ordinary');
    expect(await t.accounts.users.needsFirstSuperuser()).toBe(true);
    await t.add('asleep', { isSuperuser: true, isActive: false });
    expect(await t.accounts.users.needsFirstSuperuser()).toBe(true);
    await t.add('root', { isSuperuser: true });
    expect(await t.accounts.users.needsFirstSuperuser()).toBe(false);
  });

  test('can sign in at once, and has the default folder', async () => {
    await using t = await openAccounts();
    const root = await t.accounts.users.createFirstSuperuser({ username: 'root', password: usual });
    expect(root).toMatchObject({ username: 'root', isActive: true, isSuperuser: true });
    expect((await t.signIn('root')).user.id).toBe(root.id);
    expect(await t.rows('select user_id from folder')).toEqual([{ user_id: root.id }]);
  });

  test('is refused where a superuser can sign in, and where automatic sign-in is on', async () => {
    await using t = await openAccounts();
    const on = await t.another({ settings: { autoLogin: true } });
    const first = { username: 'root', password: usual };
    expect(await outcomeOf(on.accounts.users.createFirstSuperuser(first))).toBe('superuser_exists');
    await t.add('admin', { isSuperuser: true });
    const before = await t.everything();
    expect(await outcomeOf(t.accounts.users.createFirstSuperuser(first))).toBe('superuser_exists');
    expect(await t.everything()).toEqual(before);
  });

  test('is made beside one who is not active', async () => {
    await using t = await openAccounts();
    await t.add('asleep', { isSuperuser: true, isActive: false });
    await t.accounts.users.createFirstSuperuser({ username: 'root', password: usual });
    expect((await t.signIn('root')).user.isSuperuser).toBe(true);
  });

  test('is made once when several terminals make it at once', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const asked = ['ada', 'bob', 'eve', 'joe'].map((username, at) =>
      outcomeOf(
        [t, other][at % 2]?.accounts.users.createFirstSuperuser({ username, password: usual }) ??
          Promise.reject(),
      ),
    );
    expect((await Promise.all(asked)).sort()).toEqual(['done', ...Array(3).fill('superuser_exists')]);
    expect(await t.rows('select count(*) as users from user')).toEqual([{ users: 1 }]);
  });

  test('needs a name and a password as anybody does', async () => {
    await using t = await openAccounts();
    const { createFirstSuperuser } = t.accounts.users;
    expect(await outcomeOf(createFirstSuperuser({ username: ' root', password: usual }))).toBe(
      'username_spaces',
    );
    await t.add('root');
    expect(await outcomeOf(createFirstSuperuser({ username: 'Root', password: usual }))).toBe(
      'username_unavailable',
    );
  });
});
