import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finishRotation } from '../../src/accounts/kept-key.ts';
import { newKeyFor } from '../../src/accounts/new-key.ts';
import { loadSettings } from '../../src/settings.ts';
import { openWorld, type World } from '../../src/world.ts';
import { atOnce, operator, outcomeOf, temporaryDirectory, usual } from '../support/accounts.ts';

const open = async (configDir: string, rehearsal = false): Promise<World & AsyncDisposable> => {
  const settings = loadSettings({}, { LANGINFRA_CONFIG_DIR: configDir, LANGINFRA_BCRYPT_COST: '10' });
  const world = await openWorld(settings, { create: !rehearsal, rehearsal });
  return { ...world, [Symbol.asyncDispose]: world.close };
};

/** A config directory with ada, and what is in it. */
const withAda = async () => {
  const directory = temporaryDirectory();
  const configDir = join(directory.path, 'config');
  await using world = await open(configDir);
  await world.accounts.users.create(operator, { username: 'ada', password: usual, isActive: true });
  const path = join(configDir, 'secret_key');
  const read = (suffix = '') => readFileSync(`${path}${suffix}`, 'utf8').trim();
  return {
    configDir,
    path,
    read,
    first: read(),
    keyFiles: () => readdirSync(configDir).filter(name => name.startsWith('secret_key')),
    signsIn: async (rehearsal = false) => {
      await using later = await open(configDir, rehearsal);
      return await outcomeOf(later.accounts.signIn({ username: 'ada', password: usual, door: 'local' }));
    },
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
};

const rotate = async (configDir: string): Promise<string | undefined> => {
  await using world = await open(configDir);
  const options = { given: undefined, keyEnvFile: undefined, place: '' };
  const next = newKeyFor(world.settings, world.sealing, options);
  await world.accounts.keyRotation.apply(operator, next);
  return await finishRotation(world.store, configDir);
};

/** A rotation by a process that is killed when the database has gone over and the file has not. */
const rotateHalf = async (configDir: string): Promise<void> => {
  const src = new URL('../../src/', import.meta.url).href;
  const text = `
    const from = path => import(${JSON.stringify(src)} + path);
    const { loadSettings } = await from('settings.ts');
    const { openWorld } = await from('world.ts');
    const { newKeyFor } = await from('accounts/new-key.ts');
    const world = await openWorld(loadSettings({}), { create: false });
    const next = newKeyFor(world.settings, world.sealing, { place: '' });
    await world.accounts.keyRotation.apply({ kind: 'operator', osUser: 'tester' }, next);
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    env: { PATH: process.env.PATH, LANGINFRA_CONFIG_DIR: configDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
};

test('a rotation puts a new random key in the place of the kept one, which stays under another name', async () => {
  using m = await withAda();
  const before = await rotate(m.configDir);
  expect(before).toMatch(/\/secret_key\.before-\d{8}T\d{9}Z$/);
  expect(m.keyFiles()).toEqual(['secret_key', before?.split('/').at(-1)]);
  expect(m.read()).toMatch(/^[\w-]{43}$/);
  expect(m.read()).not.toBe(m.first);
  expect(readFileSync(before ?? '', 'utf8').trim()).toBe(m.first);
  for (const name of m.keyFiles()) expect(statSync(join(m.configDir, name)).mode & 0o777).toBe(0o600);
  expect(await m.signsIn()).toBe('done');
});

test('a rotation that was killed before the file was replaced is finished by the next start', async () => {
  using m = await withAda();
  await rotateHalf(m.configDir);
  expect(m.keyFiles()).toEqual(['secret_key', 'secret_key.new']);
  expect(m.read()).toBe(m.first);
  const second = m.read('.new');
  // A dry run replaces no file, and works.
  expect(await m.signsIn(true)).toBe('done');
  expect(m.keyFiles()).toEqual(['secret_key', 'secret_key.new']);
  expect(await m.signsIn()).toBe('done');
  expect(m.keyFiles()).toEqual(['secret_key', expect.stringMatching(/^secret_key\.before-/)]);
  expect(m.read()).toBe(second);
  // And the next one is like any other.
  expect(await rotate(m.configDir)).toBeDefined();
  expect(await m.signsIn()).toBe('done');
});

test('it is finished once where several processes start at that moment, and all of them start', async () => {
  using m = await withAda();
  await rotateHalf(m.configDir);
  const second = m.read('.new');
  const said = await atOnce(
    4,
    `const { loadSettings } = await from('settings.ts');
     const { openWorld } = await from('world.ts');
     await go();
     const world = await openWorld(loadSettings({}), { create: false });
     say(world.sealing.fingerprint);
     await world.close();`,
    { LANGINFRA_CONFIG_DIR: m.configDir },
  );
  expect(new Set(said).size).toBe(1);
  expect(m.read()).toBe(second);
  expect(m.keyFiles()).toEqual(['secret_key', expect.stringMatching(/^secret_key\.before-/)]);
});

test('a key that a killed rotation left beside, before the database went over, is nothing to anybody', async () => {
  using m = await withAda();
  writeFileSync(`${m.path}.new`, `${'x'.repeat(43)}\n`, { mode: 0o600 });
  expect(await m.signsIn()).toBe('done');
  expect(m.read()).toBe(m.first);
  await rotate(m.configDir);
  expect(m.read()).not.toBe('x'.repeat(43));
  expect(m.keyFiles()).toHaveLength(2);
  expect(await m.signsIn()).toBe('done');
});

test('a rotation whose key cannot be written beside the kept one changes nothing', async () => {
  using m = await withAda();
  await using world = await open(m.configDir);
  const options = { given: undefined, keyEnvFile: undefined, place: '' };
  const next = newKeyFor(world.settings, world.sealing, options);
  writeFileSync(join(m.configDir, 'file'), '');
  const nowhere = { ...next, keepIn: join(m.configDir, 'file') };
  expect(await outcomeOf(world.accounts.keyRotation.apply(operator, nowhere))).toBe('directory_unusable');
  expect(m.keyFiles()).toEqual(['secret_key']);
  expect(await m.signsIn()).toBe('done');
});
