import bcrypt from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { servingRisks, superuserSetting, whyNotServe } from '../../src/accounts/bootstrap.ts';
import { Refusal } from '../../src/refusal.ts';
import {
  openAccounts,
  operator,
  outcomeOf,
  type TestAccounts,
  type TestProcess,
  usual,
} from '../support/accounts.ts';

const admin = { username: 'admin', password: 'the first horse' };
const prepare = (t: TestProcess) => t.accounts.bootstrap.prepare(admin);
const python = (password: string) => bcrypt.hashSync(password, 4).replace('$2a$', '$2b$');

describe('AUTO_LOGIN=False with a LANGINFRA_SUPERUSER that is not there', () => {
  test('makes it, able to sign in, with the default folder, and says so', async () => {
    await using t = await openAccounts();
    expect(await prepare(t)).toEqual(['The superuser admin was created']);
    expect((await t.signIn('admin', admin.password)).user).toMatchObject({
      isActive: true,
      isSuperuser: true,
    });
    expect(await t.rows('select name from folder')).toEqual([{ name: 'My Projects' }]);
    expect(await t.accounts.bootstrap.passwordNotice(admin)).toBeUndefined();
  });

  test.each([
    ['short', 'A password has at least 8 characters'],
    ['ADMIN', 'A password has at least 8 characters'],
  ])('takes the password %j as it is, with a warning', async (password, words) => {
    await using t = await openAccounts();
    expect(await t.accounts.bootstrap.prepare({ ...admin, password })).toEqual([
      'The superuser admin was created',
      `warning: LANGINFRA_SUPERUSER_PASSWORD is weak: ${words}`,
    ]);
    expect(await outcomeOf(t.signIn('admin', password))).toBe('done');
  });

  test('warns of a password that is the username, and does not show it', async () => {
    await using t = await openAccounts();
    const setting = { username: 'administrator', password: 'Administrator' };
    const notices = await t.accounts.bootstrap.prepare(setting);
    expect(notices.join()).toContain("A password can't be the username");
    expect(notices.join()).not.toContain('Administrator');
  });
});

describe('AUTO_LOGIN=False with a LANGINFRA_SUPERUSER that exists leaves it as it is', () => {
  test.each(['admin', 'ADMIN', 'Admin'])(
    'with the same password: nothing to say, spelled %s',
    async spelled => {
      await using t = await openAccounts();
      await t.add('Admin', { isSuperuser: true, password: admin.password });
      const before = await t.everything();
      const setting = { ...admin, username: spelled };
      expect(await t.accounts.bootstrap.prepare(setting)).toEqual([]);
      expect(await t.accounts.bootstrap.passwordNotice(setting)).toBeUndefined();
      expect(await t.everything()).toEqual(before);
    },
  );

  test('with another password: keeps it, and names the command that changes it', async () => {
    await using t = await openAccounts();
    await t.add('admin', { isSuperuser: true });
    const before = await t.everything();
    expect(await prepare(t)).toEqual([]);
    const notice = await t.accounts.bootstrap.passwordNotice(admin);
    expect(notice).toContain('langinfra users passwd admin');
    expect(notice).not.toContain(admin.password);
    expect(await t.everything()).toEqual(before);
    expect(await outcomeOf(t.signIn('admin', admin.password))).toBe('bad_credentials');
  });

  test('inactive: it stays inactive, with a notice', async () => {
    await using t = await openAccounts();
    await t.add('admin', { isSuperuser: true, isActive: false, password: admin.password });
    const before = await t.everything();
    expect(await prepare(t)).toEqual([
      'The superuser admin exists and is not active; it stays so. To let it sign in: langinfra users activate admin',
    ]);
    expect(await t.everything()).toEqual(before);
  });

  test.each([
    [true, 'no superuser'],
    [false, 'neither active nor a superuser'],
  ])(
    'ordinary, active %s, while no superuser can sign in: the start is refused, and says what is needed',
    async (isActive, state) => {
      await using t = await openAccounts();
      await t.add('admin', { isActive });
      await t.add('asleep', { isSuperuser: true, isActive: false });
      await expect(prepare(t)).rejects.toMatchObject({
        code: 'superuser_is_none',
        message: `LANGINFRA_SUPERUSER names admin, who exists and is ${state}, and no other superuser can sign in. Make it one, with a password of yours: langinfra superuser --username admin`,
      });
    },
  );

  test('ordinary, with another superuser: a warning; without one: the start is refused with exit 5', async () => {
    await using t = await openAccounts();
    const automatic = await t.another({ settings: { autoLogin: true } });
    await automatic.accounts.bootstrap.prepare(undefined);
    await t.add('admin', { password: admin.password });
    await expect(prepare(t)).rejects.toMatchObject({
      code: 'superuser_is_none',
      exit: 5,
      message: expect.stringContaining('langinfra superuser --username admin'),
    });
    await t.add('root', { isSuperuser: true });
    const before = await t.everything();
    expect(await prepare(t)).toEqual([
      'warning: LANGINFRA_SUPERUSER names admin, who exists and is no superuser; it stays as it is',
    ]);
    expect(await t.everything()).toEqual(before);
  });

  test('two that fold alike, in an older database: each by its exact spelling, else a notice', async () => {
    await using t = await openAccounts();
    await t.addRow('Admin', '', { isSuperuser: true });
    await t.addRow('ADMIN', '');
    const before = await t.everything();
    expect(await t.accounts.bootstrap.prepare({ ...admin, username: 'Admin' })).toEqual([]);
    const ordinary = await t.accounts.bootstrap.prepare({ ...admin, username: 'ADMIN' });
    expect(ordinary).toEqual([expect.stringContaining('ADMIN, who exists and is no superuser')]);
    expect(await prepare(t)).toEqual([expect.stringContaining('admin, and several users are called so')]);
    expect(await t.everything()).toEqual(before);
  });

  test('deleted: it is not made again, with a notice, until somebody makes it', async () => {
    await using t = await openAccounts();
    await prepare(t);
    await t.add('root', { isSuperuser: true });
    const { id } = await t.accounts.users.findByName(operator, 'admin');
    await t.accounts.users.remove(operator, id);
    for (const username of ['admin', 'ADMIN']) {
      const notices = await t.accounts.bootstrap.prepare({ ...admin, username });
      expect(notices).toEqual([
        `LANGINFRA_SUPERUSER names ${username}, who was deleted or renamed; it is not made again. To make it: langinfra superuser`,
      ]);
    }
    expect(await t.rows('select username from user')).toEqual([{ username: 'root' }]);
    await t.accounts.users.makeSuperuser(admin, { update: false });
    expect(await prepare(t)).toEqual([]);
  });
});

test('a superuser of the settings that was renamed is not made again under its old name, until it is renamed back', async () => {
  await using t = await openAccounts();
  await prepare(t);
  const [{ id = '' } = {}] = await t.rows<{ id: string }>('select id from user');
  await t.accounts.users.change(operator, id, { username: 'boss' });
  expect((await prepare(t)).join()).toContain('admin, who was deleted or renamed; it is not made again');
  expect(await outcomeOf(t.signIn('admin', admin.password))).toBe('bad_credentials');
  await t.accounts.users.change(operator, id, { username: 'admin' });
  expect(await prepare(t)).toEqual([]);
});

describe('what an ordinary user does with the own name', () => {
  const renamed = async (t: TestAccounts, ...names: string[]) => {
    const { actor, user } = await t.signIn('ada');
    for (const username of names) await t.accounts.users.change(actor, user.id, { username });
  };

  test('does not keep a superuser of the settings from being made', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    await renamed(t, 'admin', 'ada');
    expect(await prepare(t)).toEqual(['The superuser admin was created']);
  });

  test('does not bring one back that was deleted', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await prepare(t);
    await t.accounts.users.remove(operator, (await t.accounts.users.findByName(operator, 'admin')).id);
    await t.add('ada');
    await renamed(t, 'admin', 'ada');
    expect((await prepare(t)).join()).toContain('admin, who was deleted or renamed; it is not made again');
  });
});

test('a name that a superuser gives somebody is no deleted one any more', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await prepare(t);
  await t.accounts.users.remove(operator, (await t.accounts.users.findByName(operator, 'admin')).id);
  const { id } = await t.add('ada');
  for (const username of ['admin', 'ada']) await t.accounts.users.change(operator, id, { username });
  expect(await prepare(t)).toEqual(['The superuser admin was created']);
});

test("with AUTO_LOGIN=False the well-known password of the Python server's own account goes, too", async () => {
  await using t = await openAccounts();
  await t.addRow('langinfra', python('langinfra'), { isSuperuser: true });
  expect((await t.accounts.bootstrap.prepare(undefined)).join()).toContain('is the automatic account now');
  expect(await outcomeOf(t.signIn('langinfra', 'langinfra'))).toBe('bad_credentials');
  expect(await t.accounts.users.needsFirstSuperuser()).toBe(true);
});

test('with AUTO_LOGIN=False a user langinfra with a password of its own is left alone', async () => {
  await using t = await openAccounts();
  await t.addRow('langinfra', python(usual), { isSuperuser: true });
  expect(await t.accounts.bootstrap.prepare(undefined)).toEqual([]);
  expect(await outcomeOf(t.signIn('langinfra'))).toBe('done');
});

test('AUTO_LOGIN=False without a LANGINFRA_SUPERUSER does nothing', async () => {
  await using t = await openAccounts();
  expect(await t.accounts.bootstrap.prepare(undefined)).toEqual([]);
  expect(await t.accounts.bootstrap.passwordNotice(undefined)).toBeUndefined();
  expect(await t.rows('select * from user')).toEqual([]);
});

describe('AUTO_LOGIN=True', () => {
  test('makes the automatic account, with no password and a folder, and no superuser of the settings', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    expect(await prepare(t)).toEqual([
      'warning: LANGINFRA_SUPERUSER and LANGINFRA_SUPERUSER_PASSWORD have no effect while LANGINFRA_AUTO_LOGIN is True',
    ]);
    expect(await t.accounts.bootstrap.passwordNotice(admin)).toBeUndefined();
    expect(
      await t.rows('select username, password, is_active, is_superuser, is_automatic, version from user'),
    ).toEqual([
      { username: 'langinfra', password: '', is_active: 1, is_superuser: 1, is_automatic: 1, version: 1 },
    ]);
    expect(await t.rows('select name from folder')).toEqual([{ name: 'My Projects' }]);
    expect(t.lane.jobs).toEqual([]);
  });

  test.each([
    ['active superuser', 1, 1],
    ['active, ordinary', 1, 0],
    ['inactive', 0, 1],
  ])(
    'takes over the account of the Python server (%s), whose password everybody knows',
    async (_, active, superuser) => {
      await using t = await openAccounts({ settings: { autoLogin: true } });
      const id = await t.addRow('langinfra', python('langinfra'));
      await t.rows('update user set is_active = ?, is_superuser = ?', active, superuser);
      expect(await t.accounts.bootstrap.prepare(undefined)).toEqual([
        'The user langinfra of the Python Langinfra is the automatic account now, without a password or API keys',
      ]);
      expect(await t.find(id)).toMatchObject({ isAutomatic: true, isActive: true, isSuperuser: true });
      expect(await t.stored(id)).toBe('');
      expect(await outcomeOf(t.signIn('langinfra', 'langinfra'))).toBe('bad_credentials');
      expect((await t.accounts.signInAutomatically('local'))?.user.id).toBe(id);
      expect(await t.accounts.bootstrap.prepare(undefined)).toEqual([]);
      expect(await t.rows('select id from user')).toEqual([{ id }]);
    },
  );

  test.each(['langinfra', 'LangInfra'])(
    'refuses to start where a user %s has another password',
    async name => {
      await using t = await openAccounts({ settings: { autoLogin: true } });
      await t.addRow(name, python(usual), { isSuperuser: true });
      const before = await t.everything();
      await expect(t.accounts.bootstrap.prepare(undefined)).rejects.toMatchObject({
        code: 'automatic_name_taken',
        exit: 5,
      });
      expect(await t.everything()).toEqual(before);
      expect(await outcomeOf((await t.another()).signIn(name))).toBe('done');
    },
  );
});

describe('the superuser of the settings', () => {
  const asked = (superuser?: string, superuserPassword?: string) =>
    superuserSetting({
      superuser,
      superuserPassword,
      sources: { superuser: { place: 'my.env:2' }, superuserPassword: { place: 'the environment' } },
    });

  test('is there where both are set; its name in NFC, its password as it is', () => {
    expect(asked()).toBeUndefined();
    expect(asked('Zoe\u0308', ' ﬁ ')).toEqual({ username: 'Zoë', password: ' ﬁ ' });
    expect(asked('admin', 'x')).toEqual({ username: 'admin', password: 'x' });
  });

  test.each([
    ['langinfra', usual, 'LANGINFRA_SUPERUSER (my.env:2) cannot be used: The name langinfra is reserved'],
    ['LangInfra', usual, 'LANGINFRA_SUPERUSER (my.env:2) cannot be used: The name langinfra is reserved'],
    [' admin', usual, 'LANGINFRA_SUPERUSER (my.env:2) cannot be used: A username has no space at its ends'],
    ['ad\u200bmin', usual, 'LANGINFRA_SUPERUSER (my.env:2) cannot be used: A username has no control'],
    [
      'admin',
      'x'.repeat(73),
      'LANGINFRA_SUPERUSER_PASSWORD (the environment) cannot be used: A password has at most 72 bytes',
    ],
    ['admin', 'x\0y', 'LANGINFRA_SUPERUSER_PASSWORD (the environment) cannot be used: A password has no NUL'],
  ])('%j with %j stops the start with exit 2, and shows no password', (username, password, words) => {
    expect(() => asked(username, password)).toThrow(words);
    try {
      asked(username, password);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      expect(error).toMatchObject({ code: 'bad_setting', exit: 2 });
      expect(String(error)).not.toContain(password);
    }
  });
});

describe('HTTP with automatic sign-in', () => {
  const loopback = {
    autoLogin: true,
    host: '127.0.0.1',
    trustedProxies: undefined,
    allowedHosts: undefined,
    corsOrigins: undefined,
  };
  const elsewhere = [
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'example.org',
    '127.0.0.1.example.org',
    '127',
    '127.0.0.0.1',
    'x127.0.0.1',
    '',
  ];
  const table: [Partial<Parameters<typeof whyNotServe>[0]>, string | undefined][] = [
    ...['127.0.0.1', '127.1.2.3', '127.1', '127.0.1', '127.65530', '::1', 'localhost'].map(
      host => [{ host }, undefined] as [object, undefined],
    ),
    ...elsewhere.map(host => [{ host }, `${host} can be reached from other machines`] as [object, string]),
    [{ trustedProxies: ['10.0.0.1'] }, 'LANGINFRA_TRUSTED_PROXIES is set'],
    [{ allowedHosts: ['example.org'] }, 'LANGINFRA_ALLOWED_HOSTS is set'],
    [{ corsOrigins: ['https://example.org'] }, 'LANGINFRA_CORS_ORIGINS is set'],
    [{ trustedProxies: [], allowedHosts: [], corsOrigins: [] }, undefined],
  ];
  test.each(table)('%j: refused because %j', (given, reason) => {
    expect(whyNotServe({ ...loopback, ...given })?.because).toBe(reason);
    expect(whyNotServe({ ...loopback, ...given, autoLogin: false })).toBeUndefined();
  });
});

describe('what is unsafe about how HTTP is served', () => {
  const safe = {
    autoLogin: false,
    host: '127.0.0.1',
    trustedProxies: undefined,
    enableSignup: false,
    newUserIsActive: false,
  };
  const unencrypted = /^0\.0\.0\.0 can be reached from other machines, .*unencrypted/;
  const table: [Partial<Parameters<typeof servingRisks>[0]>, RegExp[]][] = [
    [{}, []],
    [{ host: 'localhost' }, []],
    [{ autoLogin: true }, [/^LANGINFRA_AUTO_LOGIN is True: whoever can reach this port is a superuser$/]],
    [{ host: '0.0.0.0' }, [unencrypted]],
    [{ host: '0.0.0.0', trustedProxies: [] }, [unencrypted]],
    [{ host: '0.0.0.0', trustedProxies: ['10.0.0.1'] }, []],
    [{ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] }, []],
    [{ enableSignup: true }, []],
    [{ newUserIsActive: true }, []],
    [
      { enableSignup: true, newUserIsActive: true },
      [/LANGINFRA_ENABLE_SIGNUP.*can make an account and sign in$/],
    ],
    [
      { host: '0.0.0.0', enableSignup: true, newUserIsActive: true },
      [unencrypted, /LANGINFRA_ENABLE_SIGNUP/],
    ],
  ];
  test.each(table)('%j: %s', (given, risks) => {
    expect(servingRisks({ ...safe, ...given })).toEqual(risks.map(risk => expect.stringMatching(risk)));
  });
});
