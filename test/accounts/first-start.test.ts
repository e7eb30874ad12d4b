import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSealing } from '../../src/accounts/sealing.ts';
import { loadSettings } from '../../src/settings.ts';
import { openWorld } from '../../src/world.ts';
import { atOnce, operator, outcomeOf, temporaryDirectory } from '../support/accounts.ts';

const admin = { username: 'admin', password: 'the first horse' };
const env = (configDir: string) => ({
  LANGINFRA_CONFIG_DIR: configDir,
  LANGINFRA_AUTO_LOGIN: 'False',
  LANGINFRA_SUPERUSER: admin.username,
  LANGINFRA_SUPERUSER_PASSWORD: admin.password,
  LANGINFRA_BCRYPT_COST: '10',
});
const everybody = { sort: 'username', order: 'asc' } as const;

test('eight processes started at once on nothing make one database, one key and one superuser', async () => {
  using directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  const starts = await atOnce(
    8,
    `const { openSealing } = await from('accounts/secret-key.ts');
     const { openWorld } = await from('world.ts');
     const settings = JSON.parse(process.env.SETTINGS);
     await go();
     const fingerprints = [];
     const unbound = { meta: { get: async () => undefined }, health: { sealed: async () => undefined } };
     for (let time = 1; time <= 30; time += 1) {
       const given = { configDir: settings.configDir + time };
       fingerprints.push((await openSealing(given, unbound)).fingerprint);
     }
     const world = await openWorld(settings, { create: true });
     say({ fingerprints, notices: await world.accounts.bootstrap.prepare(world.superuser) });
     await world.close();`,
    { SETTINGS: JSON.stringify(loadSettings({}, env(configDir))) },
  );
  const said = starts as { fingerprints: string[]; notices: string[] }[];
  expect(said.flatMap(({ notices }) => notices)).toEqual(['The superuser admin was created']);
  // Thirty races for a key: whoever comes first makes it, and all eight use that one.
  for (let time = 1; time <= 30; time += 1) {
    const kept = readFileSync(join(`${configDir}${time}`, 'secret_key'), 'utf8').trim();
    const { fingerprint } = createSealing(kept);
    expect(said.map(start => start.fingerprints[time - 1])).toEqual(Array(8).fill(fingerprint));
  }

  const modeOf = (path: string) => statSync(path).mode & 0o777;
  expect(modeOf(configDir)).toBe(0o700);
  await using world = await opened(configDir);
  for (const file of readdirSync(configDir))
    expect([file, modeOf(join(configDir, file))]).toEqual([file, 0o600]);
  const users = await world.accounts.users.page(operator, everybody, 'start', 10);
  expect(users.map(({ user }) => user.username)).toEqual(['admin']);
  const { user } = await world.accounts.signIn({ ...admin, door: 'local' });
  expect(user.isSuperuser).toBe(true);
});

const opened = async (configDir: string, more: Record<string, string> = {}) => {
  const world = await openWorld(loadSettings({}, { ...env(configDir), ...more }), { create: true });
  return { ...world, [Symbol.asyncDispose]: world.close };
};

test('a start with settings that cannot be is refused before anything is made', async () => {
  using directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  const names = [{ LANGINFRA_SUPERUSER: 'langinfra' }, { LANGINFRA_SUPERUSER: 'a'.repeat(65) }];
  for (const wrong of [...names, { LANGINFRA_SUPERUSER_PASSWORD: 'x'.repeat(73) }]) {
    expect(await outcomeOf(opened(configDir, wrong))).toBe('bad_setting');
  }
  expect(readdirSync(directory.path)).toEqual([]);
});

test('a config directory that others may enter is refused, with the database in it or only the key', async () => {
  using directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  mkdirSync(configDir);
  chmodSync(configDir, 0o755);
  const elsewhere = { LANGINFRA_DATABASE_URL: `sqlite:///${join(directory.path, 'langinfra.db')}` };
  for (const more of [{}, elsewhere]) {
    await expect(opened(configDir, more)).rejects.toThrow(`Mend it with: chmod 700 ${configDir}`);
  }
  expect(readdirSync(configDir)).toEqual([]);
  expect(readdirSync(directory.path)).toEqual(['config']);
  // Nothing is kept there: it is not ours to judge.
  await using world = await opened(configDir, { ...elsewhere, LANGINFRA_SECRET_KEY: 'a'.repeat(40) });
  expect(world.store.path).toBe(join(directory.path, 'langinfra.db'));
});

test('a dry run makes no key, and remembers no env file', async () => {
  using directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  await (await opened(configDir, { LANGINFRA_SECRET_KEY: 'a'.repeat(40) })).close();
  const rehearsal = await openWorld(loadSettings({}, env(configDir)), { create: false, rehearsal: true });
  await rehearsal.accounts.users.create(operator, admin);
  await rehearsal.close();
  expect(readdirSync(configDir)).toEqual(['langinfra.db']);
});

test('a world that was closed, even twice, can be opened again and finds what it made', async () => {
  using directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  const first = await opened(configDir);
  expect(await first.accounts.bootstrap.prepare(first.superuser)).toEqual([
    'The superuser admin was created',
  ]);
  await first.close();
  await using again = await opened(configDir);
  expect(await again.accounts.bootstrap.prepare(again.superuser)).toEqual([]);
  expect(readdirSync(configDir)).toContain('secret_key');
});

test('each start remembers the env file that holds the key, for whoever starts without it', async () => {
  using directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  const envFile = (name: string, ...more: string[]) => {
    const path = join(directory.path, name);
    writeFileSync(path, more.join('\n'), { mode: 0o600 });
    return path;
  };
  const key = `LANGINFRA_SECRET_KEY=${'a'.repeat(40)}`;
  const start = async (file: string, more: Record<string, string> = {}) => {
    const settings = loadSettings({ envFile: file }, { ...env(configDir), ...more });
    const world = await openWorld(settings, { create: true });
    await world.accounts.bootstrap.prepare(world.superuser);
    const remembered = await world.store.read.meta.get('env_file');
    await world.close();
    return remembered;
  };
  const [first, second] = [envFile('first.env', key), envFile('second.env', key)];
  expect(await start(first)).toBe(first);
  expect(await start(second)).toBe(second);
  // This one does not hold the key, so it would help nobody.
  const without = envFile('third.env', 'LANGINFRA_NEW_USER_IS_ACTIVE=True');
  expect(await start(without, { LANGINFRA_SECRET_KEY: 'a'.repeat(40) })).toBe(second);
  await expect(opened(configDir)).rejects.toThrow(`--env-file ${second}`);
});

test('a start with another secret key than the passwords were sealed with is refused, and makes no key', async () => {
  using directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  const [right, wrong] = ['a', 'b'].map(letter => ({ LANGINFRA_SECRET_KEY: letter.repeat(40) }));
  await using first = await opened(configDir, right);
  await first.accounts.bootstrap.prepare(first.superuser);
  expect(await outcomeOf(opened(configDir, wrong))).toBe('secret_key_mismatch');
  expect(await outcomeOf(opened(configDir))).toBe('secret_key_mismatch');
  expect(readdirSync(configDir)).not.toContain('secret_key');
});
