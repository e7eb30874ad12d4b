import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { describe, expect, test } from 'vitest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { createSealing } from '../../src/accounts/sealing.ts';
import { isBound, openSealing } from '../../src/accounts/secret-key.ts';
import { loadSettings } from '../../src/settings.ts';
import { openStore } from '../../src/store/open.ts';
import {
  openAccounts,
  operator,
  outcomeOf,
  quick,
  sharedLane,
  type TestAccounts,
  temporaryDirectory,
  usual,
} from '../support/accounts.ts';

type Start = { secretKey?: string; envFile?: string; rehearsal?: boolean };
const keyOf = (letter: string) => letter.repeat(40);

/** A config directory on which the rules are started like from a shell, again and again. */
const machine = () => {
  const directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  const keptFile = join(configDir, 'secret_key');
  return {
    configDir,
    keptFile,
    /** Writes an env file and gives its path. */
    envFile: (name: string, secretKey: string) => {
      const path = join(directory.path, name);
      writeFileSync(path, `LANGINFRA_SECRET_KEY=${secretKey}\n`, { mode: 0o600 });
      return path;
    },
    start: async ({ secretKey = '', envFile, rehearsal }: Start = {}) => {
      const env = { LANGINFRA_CONFIG_DIR: configDir, LANGINFRA_SECRET_KEY: secretKey };
      const settings = loadSettings({ envFile }, env);
      const store = await openStore(settings.databaseUrl, { create: true });
      try {
        const keyEnvFile = settings.sources.secretKey.kind === 'env file' ? settings.envFile : undefined;
        const sealing = await openSealing(settings, store.read, { keyEnvFile, rehearsal });
        const options = { store, sealing, lane: sharedLane, clock: () => new Date() };
        const origin = { door: 'command' } as const;
        const accounts = createAccounts({ ...options, settings: quick, origin });
        return { accounts, close: store.close };
      } catch (error) {
        await store.close();
        throw error;
      }
    },
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
};
type Machine = ReturnType<typeof machine>;

/** Starts, adds a user with a password, stops. */
const bind = async (m: Machine, given: Parameters<Machine['start']>[0] = {}) => {
  const world = await m.start(given);
  const account = { username: 'ada', password: usual, isActive: true };
  await world.accounts.users.create(operator, account);
  await world.close();
};

/** Starts, says what a user would see, stops. */
const tryStart = async (m: Machine, given: Parameters<Machine['start']>[0] = {}): Promise<string> => {
  try {
    const world = await m.start(given);
    const { user } = await world.accounts.signIn({ username: 'ada', password: usual, door: 'local' });
    await world.close();
    return `${user.username} signs in`;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('without a key of one’s own', () => {
  test('a random one is made once, in a file that nobody else can read, and kept from then on', async () => {
    using m = machine();
    await bind(m);
    const kept = readFileSync(m.keptFile, 'utf8');
    expect(kept).toMatch(/^[\w-]{43}\n$/);
    expect(statSync(m.keptFile).mode & 0o777).toBe(0o600);
    expect(statSync(m.configDir).mode & 0o777).toBe(0o700);
    expect(await tryStart(m)).toBe('ada signs in');
    expect(readFileSync(m.keptFile, 'utf8')).toBe(kept);
  });

  test('another machine makes another one', async () => {
    using one = machine();
    using two = machine();
    await (await one.start()).close();
    await (await two.start()).close();
    expect(readFileSync(one.keptFile, 'utf8')).not.toBe(readFileSync(two.keptFile, 'utf8'));
  });

  test('a kept key that others can read is refused with the line that mends it', async () => {
    using m = machine();
    await bind(m);
    chmodSync(m.keptFile, 0o640);
    expect(await tryStart(m)).toBe(
      `Others can read or change ${m.keptFile}. Mend it with: chmod 600 ${m.keptFile}`,
    );
  });

  test('a rehearsal keeps none, and the next start is free to', async () => {
    using m = machine();
    await (await m.start({ rehearsal: true })).close();
    expect(existsSync(m.keptFile)).toBe(false);
    await bind(m);
    await (await m.start({ rehearsal: true })).close();
    expect(await tryStart(m)).toBe('ada signs in');
  });

  test('one that cannot be read is named, with the reason', async () => {
    using m = machine();
    mkdirSync(m.keptFile, { recursive: true, mode: 0o700 });
    await expect(m.start()).rejects.toMatchObject({
      exit: 7,
      message: `The file ${m.keptFile} cannot be read: it is a directory, not a file`,
    });
    rmSync(m.keptFile, { recursive: true });
    symlinkSync('nowhere', m.keptFile);
    expect(await tryStart(m)).toBe(
      `The file ${m.keptFile} cannot be read: the symbolic link ${m.keptFile} leads nowhere`,
    );
  });

  test('an empty one is no key; it goes where no password was sealed, and comes back where one was', async () => {
    using m = machine();
    mkdirSync(m.configDir, { mode: 0o700 });
    writeFileSync(m.keptFile, '\n', { mode: 0o600 });
    await expect(m.start()).rejects.toMatchObject({
      code: 'secret_key_empty',
      exit: 7,
      message: `The secret key in ${m.keptFile} is empty. Remove the file, and a new one is made`,
    });
    rmSync(m.keptFile);
    await bind(m);
    writeFileSync(m.keptFile, '');
    await expect(m.start()).rejects.toMatchObject({
      exit: 8,
      message: expect.stringContaining(
        `The file ${m.keptFile} is empty. Put back the key that was kept in it`,
      ),
    });
  });
});

describe('a key that is given', () => {
  test('is used, and nothing is written to the config directory', async () => {
    using m = machine();
    await bind(m, { secretKey: keyOf('a') });
    expect(existsSync(m.keptFile)).toBe(false);
    expect(await tryStart(m, { secretKey: keyOf('a') })).toBe('ada signs in');
  });

  test('wins over the kept one, and takes the place of any other until a password is stored', async () => {
    using m = machine();
    await (await m.start()).close();
    await (await m.start({ secretKey: keyOf('a') })).close();
    await bind(m, { secretKey: keyOf('b') });
    expect(await tryStart(m, { secretKey: keyOf('b') })).toBe('ada signs in');
    expect(await tryStart(m)).toContain('The secret key does not match the database');
  });

  test('may still change after the automatic account was made, which has no password', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    await t.accounts.signInAutomatically('local');
    expect(await t.store.read.meta.get('secret_fingerprint')).toBeUndefined();
  });
});

describe('the first password that is stored binds the database to the key and remembers its file', () => {
  const keyPlace = { kind: 'env file', path: '/etc/langinfra.env' } as const;
  const account = { username: 'eve', password: usual };
  const firsts: [string, (t: TestAccounts, pythonId: string) => Promise<unknown>][] = [
    ['a new user’s', t => t.accounts.users.create(operator, account)],
    ['the first superuser’s', t => t.accounts.users.createFirstSuperuser(account)],
    ['langinfra superuser’s', t => t.accounts.users.makeSuperuser(account, { update: false })],
    [
      'langinfra superuser --update’s',
      t => t.accounts.users.makeSuperuser({ ...account, username: 'python' }, { update: true }),
    ],
    ['LANGINFRA_SUPERUSER’s', t => t.accounts.bootstrap.prepare(account)],
    ['a reset one', (t, id) => t.accounts.users.change(operator, id, { password: usual })],
  ];
  test.each(firsts)('%s', async (_, store) => {
    await using t = await openAccounts({ keyPlace });
    const pythonId = await t.addRow('python', '');
    expect(await t.store.read.meta.get('secret_fingerprint')).toBeUndefined();
    await store(t, pythonId);
    expect(await t.store.read.meta.get('secret_fingerprint')).toBe(t.sealing.fingerprint);
    expect(await t.store.read.meta.get('env_file')).toBe(keyPlace.path);
  });
});

describe('a key that is not the one of the stored passwords stops the start', () => {
  test('and says so, never that a password is wrong; nothing is changed', async () => {
    using m = machine();
    await bind(m, { secretKey: keyOf('a') });
    await expect(m.start({ secretKey: keyOf('b') })).rejects.toMatchObject({
      code: 'secret_key_mismatch',
      exit: 8,
      message: expect.stringContaining(
        'Start with the LANGINFRA_SECRET_KEY that was used with this database last',
      ),
    });
    expect(await tryStart(m, { secretKey: keyOf('a') })).toBe('ada signs in');
  });

  test('no key at all is as wrong, and makes none', async () => {
    using m = machine();
    await bind(m, { secretKey: keyOf('a') });
    expect(await tryStart(m)).toContain('The secret key does not match the database');
    expect(existsSync(m.keptFile)).toBe(false);
  });

  test('names the env file that was used last time', async () => {
    using m = machine();
    const envFile = m.envFile('production.env', keyOf('a'));
    await bind(m, { envFile });
    const words = `The env file used last time was ${envFile}. Start with: --env-file ${envFile}`;
    expect(await tryStart(m)).toContain(words);
    expect(await tryStart(m, { secretKey: keyOf('b') })).toContain(words);
    expect(await tryStart(m, { envFile: m.envFile('other.env', keyOf('b')) })).toContain(words);
    expect(await tryStart(m, { envFile })).toBe('ada signs in');
  });

  test('says that the file that held it is gone, where it is', async () => {
    using m = machine();
    await bind(m);
    rmSync(m.keptFile);
    const gone = `The key was kept in the config directory, and ${m.keptFile} is not there. Put it back`;
    expect(await tryStart(m)).toContain(gone);
    expect(await tryStart(m, { secretKey: keyOf('b') })).toContain(gone);

    using other = machine();
    const envFile = other.envFile('production.env', keyOf('a'));
    await bind(other, { envFile });
    rmSync(envFile);
    expect(await tryStart(other)).toContain(
      `The env file used last time was ${envFile}, which is not there any more. Put it back`,
    );
  });

  test('does not send back to the env file that it was started with', async () => {
    using m = machine();
    const envFile = m.envFile('production.env', keyOf('a'));
    await bind(m, { envFile });
    m.envFile('production.env', keyOf('b'));
    const said = await tryStart(m, { envFile });
    expect(said).toContain('The secret key does not match the database');
    expect(said).not.toContain('Start with');
    expect(said).toContain('production.env, which does not have the right key now');
  });

  test('names the kept key where that is the right one, and only then', async () => {
    using m = machine();
    await bind(m);
    const words = `The right one is kept in ${m.keptFile}. Start without LANGINFRA_SECRET_KEY`;
    expect(await tryStart(m, { secretKey: keyOf('b') })).toContain(words);
    writeFileSync(m.keptFile, `${keyOf('c')}\n`);
    expect(await tryStart(m, { secretKey: keyOf('b') })).not.toContain(m.keptFile);
  });

  test('never shows a key', async () => {
    using m = machine();
    const envFile = m.envFile('production.env', keyOf('a'));
    mkdirSync(m.configDir, { mode: 0o700 });
    writeFileSync(m.keptFile, keyOf('k'), { mode: 0o600 });
    await bind(m, { envFile });
    expect(await tryStart(m, { secretKey: keyOf('b') })).not.toMatch(/aaaa|bbbb|kkkk/);
  });
});

describe('a database whose fingerprint somebody took away', () => {
  const takeAway = async (m: Machine) => {
    const db = await open({ filename: join(m.configDir, 'langinfra.db'), driver: sqlite3.Database });
    await db.run("delete from meta where key = 'secret_fingerprint'");
    await db.close();
  };

  test('is still bound: another key stops the start, and none is made', async () => {
    using m = machine();
    const envFile = m.envFile('production.env', keyOf('a'));
    await bind(m, { envFile });
    await takeAway(m);
    const words = `The secret key does not match the database: its passwords were sealed with another. The env file used last time was ${envFile}. Start with: --env-file ${envFile}`;
    expect(await tryStart(m, { secretKey: keyOf('b') })).toContain(words);
    expect(await tryStart(m)).toContain(words);
    expect(existsSync(m.keptFile)).toBe(false);
    expect(await tryStart(m, { secretKey: keyOf('a') })).toBe('ada signs in');
  });

  test('names the kept key where that is the right one', async () => {
    using m = machine();
    await bind(m);
    await takeAway(m);
    expect(await tryStart(m, { secretKey: keyOf('b') })).toContain(`The right one is kept in ${m.keptFile}.`);
    expect(await tryStart(m)).toBe('ada signs in');
  });

  test('is bound by a secret of one-time codes alone, too', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    await t.enrol('ada');
    await t.rows('delete from meta');
    await t.rows("update user set password = ''");
    expect(await isBound(t.store.read)).toBe(true);
    await t.rows('delete from second_step');
    expect(await isBound(t.store.read)).toBe(false);
  });
});

describe('two processes that were started with two keys before the first password', () => {
  test('the first one to store a password has the right key; the other stores none', async () => {
    await using t = await openAccounts({ secretKey: keyOf('a') });
    const other = await t.another({ secretKey: keyOf('b') });
    await t.add('ada');
    const before = await t.everything();
    expect(await outcomeOf(other.add('eve'))).toBe('secret_key_outdated');
    const first = { username: 'eve', password: usual };
    expect(await outcomeOf(other.accounts.users.createFirstSuperuser(first))).toBe('secret_key_outdated');
    expect(await t.everything()).toEqual(before);
    expect(await outcomeOf(t.signIn('ada'))).toBe('done');
  });
});

test('a database that has no passwords takes the key of the settings', async () => {
  using directory = temporaryDirectory();
  const given = { secretKey: keyOf('a'), configDir: directory.path, envFile: undefined };
  const unbound = { meta: { get: async () => undefined }, health: { sealed: async () => undefined } };
  const sealing = await openSealing(given, unbound);
  expect(sealing.fingerprint).toBe(createSealing(keyOf('a')).fingerprint);
  expect(readdirSync(directory.path)).toEqual([]);
});
