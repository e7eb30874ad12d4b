import { describe, expect, test } from 'vitest';
import type { SuperuserSetting } from '../../src/accounts/bootstrap.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts } from '../support/accounts.ts';

/** How the program may be started on one database. */
type Start = { autoLogin: boolean; superuser?: SuperuserSetting };
const starts: Record<string, Start> = {
  True: { autoLogin: true },
  'True with SUPERUSER=admin': { autoLogin: true, superuser: { username: 'admin', password: 'first horse' } },
  False: { autoLogin: false },
  'False with SUPERUSER=admin': {
    autoLogin: false,
    superuser: { username: 'admin', password: 'first horse' },
  },
  'False with another password': {
    autoLogin: false,
    superuser: { username: 'admin', password: 'second horse' },
  },
  'False with SUPERUSER=other': {
    autoLogin: false,
    superuser: { username: 'other', password: 'other horse' },
  },
};
// LANGINFRA_SUPERUSER is without effect where the first word is True: three starts below show it.
const names = Object.keys(starts).filter(name => name !== 'True with SUPERUSER=admin');
const pairs = names.flatMap(first => names.map(second => [[first, second]] as const));

/** What has to be in the database after these starts: the first password of a name counts. */
const expectedAfter = (given: readonly string[]) => {
  const superusers = new Map<string, string>();
  let automatic = false;
  for (const name of given) {
    const { autoLogin, superuser } = starts[name] ?? { autoLogin: false };
    if (autoLogin) automatic = true;
    else if (superuser && !superusers.has(superuser.username)) {
      superusers.set(superuser.username, superuser.password);
    }
  }
  return { automatic, superusers };
};

const start = async (t: TestAccounts, name: string) => {
  const { autoLogin, superuser } = starts[name] ?? { autoLogin: false };
  const process = await t.another({ settings: { autoLogin } });
  const notices = await process.accounts.bootstrap.prepare(superuser);
  const notice = await process.accounts.bootstrap.passwordNotice(superuser);
  return { ...process, notices: notice ? [...notices, notice] : notices };
};

const check = async (t: TestAccounts, given: readonly string[]) => {
  const { automatic, superusers } = expectedAfter(given);
  const people = [...(automatic ? ['langinfra'] : []), ...superusers.keys()].toSorted();
  const rows = await t.rows<{ username: string; version: number }>(
    'select username, version, is_active, is_superuser from user order by username',
  );
  // Nobody is made twice, and nobody who is there is changed by a start.
  const unchanged = { version: 1, is_active: 1, is_superuser: 1 };
  expect(rows).toEqual(people.map(username => ({ username, ...unchanged })));
  expect(await t.rows('select id from folder')).toHaveLength(people.length);

  const on = await t.another({ settings: { autoLogin: true } });
  const off = await t.another();
  const tried = {
    admin: ['first horse', 'second horse'],
    other: ['other horse'],
    langinfra: ['langinfra', ''],
  };
  for (const [username, passwords] of Object.entries(tried)) {
    for (const password of passwords) {
      const right = superusers.get(username) === password;
      expect(await outcomeOf(off.signIn(username, password))).toBe(right ? 'done' : 'bad_credentials');
    }
  }
  expect(await off.accounts.signInAutomatically('local')).toBeUndefined();
  const signedIn = await on.accounts.signInAutomatically('local');
  expect(signedIn?.user.username).toBe(automatic ? 'langinfra' : undefined);
  if (signedIn) {
    expect(await on.isSignedIn(signedIn.actor)).toBe(true);
    expect(await off.isSignedIn(signedIn.actor)).toBe(false);
  }
  expect(await off.accounts.users.needsFirstSuperuser()).toBe(superusers.size === 0);
  expect(await on.accounts.users.needsFirstSuperuser()).toBe(false);
};

describe('two starts on one database with AUTO_LOGIN', () => {
  test.each(pairs)('%j: both leave what they should, and take nothing away', async given => {
    await using t = await openAccounts();
    for (const name of given) await start(t, name);
    await check(t, given);
  });
});

describe('three starts', () => {
  test.each([
    [['False with SUPERUSER=admin', 'True', 'False with SUPERUSER=admin']],
    [['False with SUPERUSER=admin', 'False with SUPERUSER=other', 'False with SUPERUSER=admin']],
    [['True', 'False with SUPERUSER=admin', 'True with SUPERUSER=admin']],
    [['True with SUPERUSER=admin', 'True with SUPERUSER=admin', 'False']],
    [['True with SUPERUSER=admin', 'False with another password', 'True with SUPERUSER=admin']],
    [['True', 'False', 'True']],
    [['False with SUPERUSER=admin', 'False with another password', 'False with SUPERUSER=admin']],
  ])('%j', async given => {
    await using t = await openAccounts();
    for (const name of given) await start(t, name);
    await check(t, given);
  });
});

describe('what a start says', () => {
  const withoutEffect =
    'warning: LANGINFRA_SUPERUSER and LANGINFRA_SUPERUSER_PASSWORD have no effect while LANGINFRA_AUTO_LOGIN is True';
  const keeps =
    'admin has another password than LANGINFRA_SUPERUSER_PASSWORD, and keeps it. To change it: langinfra users passwd admin';

  test.each([
    [['True'], []],
    [['False'], []],
    [['True with SUPERUSER=admin'], [withoutEffect]],
    [['False with SUPERUSER=admin'], ['The superuser admin was created']],
    [['False with SUPERUSER=admin', 'False with SUPERUSER=admin'], []],
    [['False with SUPERUSER=admin', 'False with another password'], [keeps]],
    [['False with SUPERUSER=admin', 'True with SUPERUSER=admin'], [withoutEffect]],
    [['False with another password', 'True with SUPERUSER=admin'], [withoutEffect]],
    [['True with SUPERUSER=admin', 'False with SUPERUSER=admin'], ['The superuser admin was created']],
    [['False with SUPERUSER=admin', 'False with SUPERUSER=other'], ['The superuser other was created']],
    [['True', 'True'], []],
  ])('after %j: %j', async (given, notices) => {
    await using t = await openAccounts();
    let last = await start(t, given[0] ?? '');
    for (const name of given.slice(1)) last = await start(t, name);
    expect(last.notices).toEqual(notices);
  });
});

describe('a process that runs with AUTO_LOGIN=True beside one with False', () => {
  test('signs in automatically; the session it gives is nothing to the other, which shows the account', async () => {
    await using t = await openAccounts();
    const on = await start(t, 'True');
    const off = await start(t, 'False with SUPERUSER=admin');
    const signedIn = await on.accounts.signInAutomatically('http');
    if (!signedIn) throw new Error('not signed in');
    expect(await off.isSignedIn(signedIn.actor)).toBe(false);
    const admin = await off.signIn('admin', 'first horse');
    const shown = await off.accounts.users.findByName(admin.actor, 'langinfra');
    expect(shown.isAutomatic).toBe(true);
    const said = async ({ accounts }: typeof on) =>
      (await accounts.users.whySignIn(operator, shown)).join(' ');
    expect(await said(off)).toContain('has no authority');
    expect(await said(on)).toContain('uses it');
  });
});

test('several processes that start with AUTO_LOGIN=True at once make one automatic account', async () => {
  for (let round = 1; round <= 5; round += 1) {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    const starting = [
      t,
      await t.another({ settings: { autoLogin: true } }),
      await t.another({ settings: { autoLogin: true } }),
    ];
    const begun = starting.map(process => process.accounts.bootstrap.prepare(undefined));
    expect(await Promise.all(begun)).toEqual([[], [], []]);
    expect(await t.rows('select username from user')).toEqual([{ username: 'langinfra' }]);
    expect(await t.rows('select name from folder')).toHaveLength(1);
  }
});
