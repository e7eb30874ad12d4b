import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { good, type Newcomer, newcomer } from '../support/program.ts';
import { eventually, keys } from '../support/pty.ts';

const [keyA, keyB] = ['a', 'b'].map(letter => letter.repeat(40)) as [string, string];

/** Root (a superuser) and ada. */
const withUsers = async (settings: Record<string, string> = {}): Promise<Newcomer> => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False', ...settings });
  expect(await me.run(['superuser', '--username', 'root'], { input: good })).toMatchObject({ code: 0 });
  await me.add('ada');
  return me;
};

const rotate = (me: Newcomer, ...flags: string[]) => me.run(['secret', 'rotate', '--yes', ...flags]);

/** Ada signs in, and nothing in the database is wrong. */
const isSound = async (me: Newcomer, env: Record<string, string> = {}): Promise<void> => {
  expect(await me.run(['check'], { env })).toMatchObject({ code: 0 });
  const server = await me.serve([], env);
  expect((await server.login('ada')).status).toBe(200);
  await server.kill();
};

const keyFiles = ({ configDir }: Newcomer) =>
  readdirSync(configDir).filter(name => name.startsWith('secret'));

describe('langinfra secret rotate', () => {
  test('replaces the key of the config directory, says where the old one is, and that one opens the old backups', async () => {
    await using me = await withUsers();
    const first = readFileSync(join(me.configDir, 'secret_key'), 'utf8');
    await me.run(['backup', 'monday.db']);
    const { code, stdout, stderr } = await rotate(me);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Sealed 2 passwords with the new secret key; everybody is signed out\n',
    });
    const [, kept = ''] = /only, which is in (\S+)\. Remove/.exec(stderr) ?? [];
    expect(stderr).toBe(
      `Database: ${me.database}\nThe new key is kept in ${me.configDir}/secret_key\nBackups made until now open with the old key only, which is in ${kept}. Remove it with the last of them\nStart the other Langinfra processes of this database again: they sign nobody in until then\n`,
    );
    const second = readFileSync(join(me.configDir, 'secret_key'), 'utf8');
    expect(second).not.toBe(first);
    expect(readFileSync(kept, 'utf8')).toBe(first);
    expect(`${stdout}${stderr}`).not.toContain(second.trim());
    await isSound(me);
    expect((await me.run(['audit', 'list', '--event', 'secret_rotated'])).stdout).toContain(
      'went over to a new secret key: Passwords sealed anew 2',
    );
    expect((await me.run(['audit', 'verify'])).stdout).toContain('each as it was written');

    const refused = await me.run(['restore', 'monday.db', '--yes']);
    expect(refused).toMatchObject({
      code: 8,
      stderr: expect.stringContaining(`LANGINFRA_SECRET_KEY_FILE=${kept} langinfra restore `),
    });
    const env = { LANGINFRA_SECRET_KEY_FILE: kept };
    expect(await me.run(['restore', 'monday.db', '--yes'], { env })).toMatchObject({ code: 0 });
    await isSound(me, env);
    // And what was restored goes over to the key of today.
    const { stderr: still } = await me.run(['users', 'list']);
    expect(still).toContain(`in a file: langinfra secret rotate --old-key-file ${kept}\n`);
    expect(await rotate(me, '--old-key-file', kept)).toMatchObject({ code: 0 });
    expect(readFileSync(join(me.configDir, 'secret_key'), 'utf8')).toBe(second);
    await isSound(me);
  });

  test('with --json prints one document, without a key in it', async () => {
    await using me = await withUsers();
    const { stdout } = await rotate(me, '--json');
    expect(JSON.parse(stdout)).toEqual({
      database: me.database,
      resealed: 2,
      plain: 0,
      one_time_codes: 0,
      dry_run: false,
      to_be_set: null,
      key_before: expect.stringContaining('/secret_key.before-'),
    });
    expect(stdout).not.toContain(readFileSync(join(me.configDir, 'secret_key'), 'utf8').trim());
  });

  test('with --dry-run says how many, and changes nothing', async () => {
    await using me = await withUsers();
    const before = me.everything();
    const said = 'Dry run: 2 passwords would be sealed anew, and each of them opens\n';
    const stderr = `Dry run: ${me.database} was not changed\n`;
    expect(await me.run(['secret', 'rotate', '--dry-run'])).toEqual({ code: 0, stdout: said, stderr });
    expect(JSON.parse((await me.run(['secret', 'rotate', '--dry-run', '--json'])).stdout)).toEqual({
      database: me.database,
      resealed: 2,
      plain: 0,
      one_time_codes: 0,
      dry_run: true,
    });
    expect(me.everything()).toEqual(before);
  });

  test('where the settings give the key takes the new one from a file, and says what to change', async () => {
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
    const envFile = me.file('production.env', `\nLANGINFRA_SECRET_KEY=${keyA}\n`);
    const withEnv = (...args: string[]) => me.run([...args, '--env-file', envFile], { input: good });
    expect(await withEnv('superuser', '--username', 'root')).toMatchObject({ code: 0 });
    const place = `LANGINFRA_SECRET_KEY (${envFile}:2)`;
    expect(await withEnv('secret', 'rotate', '--yes')).toEqual({
      code: 2,
      stdout: '',
      stderr: `langinfra: The secret key comes from ${place}. Give the new one with --new-key-file FILE or --new-key-stdin\n`,
    });
    const newKey = me.file('new.key', `${keyB}\n`);
    const outcome = await withEnv('secret', 'rotate', '--yes', '--new-key-file', newKey);
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('Sealed 1 password ') });
    expect(outcome.stderr).toContain(`Now set ${place} to the new key: with the old one nothing starts`);
    expect(keyFiles(me)).toEqual([]);
    expect(await withEnv('users', 'list')).toMatchObject({ code: 8 });
    me.file('production.env', `LANGINFRA_SECRET_KEY=${keyB}\n`);
    expect(await withEnv('check')).toMatchObject({ code: 0 });
  });

  test('takes the new key from stdin, and for the config directory too', async () => {
    await using me = await withUsers();
    const args = ['secret', 'rotate', '--yes', '--new-key-stdin'];
    expect(await me.run(args, { input: `${keyB}\n` })).toMatchObject({ code: 0 });
    expect(readFileSync(join(me.configDir, 'secret_key'), 'utf8')).toBe(`${keyB}\n`);
    await isSound(me);
  });

  test('asks on a terminal, and does nothing without a yes', async () => {
    await using me = await withUsers();
    const before = keyFiles(me);
    await using refusing = me.terminal(['secret', 'rotate']);
    await refusing.sees('Seal the passwords of 2 users with a new secret key? Everybody is signed out.');
    refusing.type(keys.enter);
    expect((await refusing.ended).code).toBe(1);
    expect(keyFiles(me)).toEqual(before);
    await using agreeing = me.terminal(['secret', 'rotate']);
    await agreeing.sees('Seal the passwords');
    agreeing.type(`y${keys.enter}`);
    expect((await agreeing.ended).code).toBe(0);
    await isSound(me);
  });

  const refusals: [string, (me: Newcomer) => string[], number, string][] = [
    ['without a yes and a terminal', () => [], 2, 'add --yes to go on, or --dry-run'],
    ['an action that is none', () => ['--yes', 'more'], 2, ''],
    ['a file that is not there', () => ['--yes', '--new-key-file', 'none'], 7, 'there is no such file'],
    [
      'an empty file',
      me => ['--yes', '--new-key-file', me.file('new.key', '\n')],
      7,
      'cannot be read: it is empty',
    ],
    [
      'a file that others can read',
      me => {
        const path = me.file('new.key', keyB);
        chmodSync(path, 0o644);
        return ['--yes', '--new-key-file', path];
      },
      7,
      'Mend it with: chmod 600',
    ],
    [
      'a short key',
      me => ['--yes', '--new-key-file', me.file('new.key', 'short')],
      5,
      'A new secret key has 32 characters or more, all of ASCII and no space',
    ],
    [
      'a key that an env file would read otherwise',
      me => ['--yes', '--new-key-file', me.file('new.key', `${keyB} `)],
      5,
      'no space',
    ],
    [
      'the present key',
      me => ['--yes', '--new-key-file', join(me.configDir, 'secret_key')],
      5,
      'The new secret key is the present one',
    ],
    [
      'an old key that is none',
      me => ['--yes', '--old-key-file', me.file('old.key', keyB)],
      8,
      'The secret key does not match the database',
    ],
    ['two new keys', () => ['--yes', '--new-key-file', 'a', '--new-key-stdin'], 2, ''],
  ];
  test.each(refusals)('refuses %s and leaves everything as it was', async (_, args, code, sentence) => {
    await using me = await withUsers();
    const words = args(me);
    const before = me.everything();
    const outcome = await me.run(['secret', 'rotate', ...words]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^langinfra: [^\n]+\n$/);
    expect(outcome.stderr).toContain(sentence);
    expect(outcome.stderr).not.toContain(keyB);
    expect(me.everything()).toEqual(before);
  });

  test('names those whose passwords do not open, and changes nothing', async () => {
    await using me = await withUsers();
    await me.rows(
      "update user set password = (select password from user where username = 'root') where username = 'ada'",
    );
    const before = me.everything();
    for (const flag of ['--dry-run', '--yes'])
      expect(await me.run(['secret', 'rotate', flag])).toEqual({
        code: 7,
        stdout: '',
        stderr:
          'langinfra: The secret key does not open the password of ada, so nothing was changed. Give a new one first, with: langinfra users passwd NAME\n',
      });
    expect(me.everything()).toEqual(before);
    expect(await me.run(['users', 'passwd', 'ada', '--password-stdin'], { input: good })).toMatchObject({
      code: 0,
    });
    expect(await rotate(me)).toMatchObject({ code: 0 });
    await isSound(me);
  });
});

describe('what runs on with the old key', () => {
  test('a server refuses tokens, sign-ins and changes, and writes nothing', async () => {
    await using me = await withUsers();
    const server = await me.serve();
    const bearer = await server.bearer('root');
    const { api_key: apiKey } = (await server.call('POST /api/v1/api_key/', { bearer, json: { name: 'k' } }))
      .body;
    expect((await server.call('GET /api/v1/users/whoami', { bearer })).status).toBe(200);
    await rotate(me);
    await eventually(async () =>
      expect((await server.call('GET /api/v1/users/whoami', { bearer })).status).toBe(401),
    );
    const detail = 'The secret key was replaced: start Langinfra again';
    expect(await server.login('root')).toEqual({ status: 503, body: { detail } });
    expect(await server.login('root', 'wrong')).toEqual({ status: 503, body: { detail } });
    expect(await server.call('GET /readyz')).toEqual({ status: 503, body: { detail } });
    expect((await server.call('GET /livez')).status).toBe(200);
    const change = await fetch(`${server.url}/api/v1/users/`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'eve', password: good }),
    });
    expect({ status: change.status, body: await change.json() }).toEqual({ status: 503, body: { detail } });
    await server.kill();
    await isSound(me);
    expect((await me.run(['audit', 'verify'])).code).toBe(0);
    expect((await me.run(['users', 'show', 'eve'])).code).toBe(4);
  });

  test('a console goes back to the login screen, and says there why nobody signs in', async () => {
    await using me = await withUsers();
    await using ui = me.terminal();
    await ui.sees('Username');
    ui.type(`root${keys.enter}${good}${keys.enter}`);
    await ui.sees('Admin Page');
    await rotate(me);
    await ui.sees('Your session has ended');
    // For a moment after that nothing is taken that was typed for the Admin Page.
    ui.type('j');
    await ui.sees('One moment');
    await ui.seesNot('One moment');
    ui.type(`root${keys.enter}${good}${keys.enter}`);
    await ui.sees('The secret key was replaced: start Langinfra again');
    ui.type(keys.ctrl('c'));
    expect((await ui.ended).code).toBe(0);
    await isSound(me);
  });
});

describe('the three ways out of exit 8, each as it is said', () => {
  /** The command that a refusal ends with, or names. */
  const said = (stderr: string, pattern: RegExp): string[] => pattern.exec(stderr)?.[1]?.split(' ') ?? [];

  test('the env file that was used last time', async () => {
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
    const envFile = me.file('production.env', `LANGINFRA_SECRET_KEY=${keyA}\n`);
    const args = ['superuser', '--username', 'root', '--env-file', envFile];
    expect(await me.run(args, { input: good })).toMatchObject({ code: 0 });
    const { code, stderr } = await me.run(['users', 'list']);
    expect(code).toBe(8);
    expect(stderr).toContain(`The env file used last time was ${envFile}. Start with: --env-file ${envFile}`);
    const flags = said(stderr, /Start with: (--env-file \S+)\. /);
    expect(await me.run(['users', 'list', ...flags])).toMatchObject({ code: 0 });
  });

  test('an env file that has another key now is not said to help', async () => {
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
    const envFile = me.file('production.env', `LANGINFRA_SECRET_KEY=${keyA}\n`);
    const flags = ['--env-file', envFile];
    await me.run(['superuser', '--username', 'root', ...flags], { input: good });
    const newKey = me.file('new.key', `${keyB}\n`);
    const rotated = await me.run(['secret', 'rotate', '--yes', ...flags, '--new-key-file', newKey]);
    expect(rotated.stderr).toContain(`Now set LANGINFRA_SECRET_KEY (${envFile}:1) to the new key`);
    for (const args of [[], flags]) {
      const { code, stderr } = await me.run(['check', ...args]);
      expect(code).toBe(8);
      expect(stderr).toContain(
        `The env file used last time was ${envFile}, which does not have the right key now. Set LANGINFRA_SECRET_KEY there`,
      );
    }
    me.file('production.env', `LANGINFRA_SECRET_KEY=${keyB}\n`);
    expect(await me.run(['check', ...flags])).toMatchObject({ code: 0 });
    expect((await me.run(['check'])).stderr).toContain(`Start with: --env-file ${envFile}. `);
  });

  test('the key that is kept in the config directory', async () => {
    await using me = await withUsers();
    const { code, stderr } = await me.run(['users', 'list'], { env: { LANGINFRA_SECRET_KEY: keyB } });
    expect(code).toBe(8);
    expect(stderr).toContain(
      `The right one is kept in ${me.configDir}/secret_key. Start without LANGINFRA_SECRET_KEY`,
    );
    expect(await me.run(['users', 'list'])).toMatchObject({ code: 0 });
  });

  test('going over to the other key, with the old one that is kept in the config directory', async () => {
    await using me = await withUsers();
    const env = { LANGINFRA_SECRET_KEY: keyB };
    const { stderr } = await me.run(['users', 'list'], { env });
    const command = said(stderr, /To go over to another key, with the right one in a file: langinfra (.*)\n/);
    expect(command).toEqual(['secret', 'rotate', '--old-key-file', `${me.configDir}/secret_key`]);
    const outcome = await me.run([...command, '--yes'], { env });
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('Sealed 2 passwords') });
    expect(outcome.stderr).not.toContain('Now set');
    await isSound(me, env);
    expect(await me.run(['users', 'list'])).toMatchObject({ code: 8 });
  });

  test('going over to the key of an env file, with the old one that is kept in the config directory', async () => {
    await using me = await withUsers();
    const envFile = me.file('other.env', `LANGINFRA_SECRET_KEY=${keyB}\n`);
    const flags = ['--env-file', envFile];
    const { stderr } = await me.run(['check', ...flags]);
    const command = said(stderr, /To go over to another key, with the right one in a file: langinfra (.*)\n/);
    expect(await me.run([...command, '--yes'])).toMatchObject({ code: 0 });
    expect(await me.run(['check', ...flags])).toMatchObject({ code: 0 });
    // What was kept is no key of this database any more, and no new one was made up.
    expect(keyFiles(me)).toEqual(['secret_key']);
  });

  test('an old key that the settings have already is no reason to make one up', async () => {
    await using me = await withUsers();
    const before = me.everything();
    for (const flags of [['--yes'], ['--dry-run']])
      expect(
        await me.run(['secret', 'rotate', '--old-key-file', `${me.configDir}/secret_key`, ...flags]),
      ).toEqual({
        code: 2,
        stdout: '',
        stderr: `langinfra: ${me.configDir}/secret_key has the key of --old-key-file already: there is none to go over to. Name the env file that has it with --env-file, or leave --old-key-file out for a new one\n`,
      });
    expect(me.everything()).toEqual(before);
  });

  test('going over to the other key, with the old one in a file', async () => {
    await using me = await withUsers({ LANGINFRA_SECRET_KEY: keyA });
    const env = { LANGINFRA_SECRET_KEY: keyB };
    const { code, stderr } = await me.run(['users', 'list'], { env });
    expect(code).toBe(8);
    expect(stderr).toContain('in a file: langinfra secret rotate --old-key-file FILE\n');
    const oldKey = me.file('old.key', `${keyA}\n`);
    expect(await me.run(['secret', 'rotate', '--old-key-file', oldKey, '--yes'], { env })).toMatchObject({
      code: 0,
    });
    await isSound(me, env);
  });

  test('going over to a new kept key, where the old one is in a file and none is kept', async () => {
    await using me = await withUsers({ LANGINFRA_SECRET_KEY: keyA });
    const env = { LANGINFRA_SECRET_KEY: '' };
    const oldKey = me.file('old.key', keyA);
    expect(await me.run(['secret', 'rotate', '--old-key-file', oldKey, '--yes'], { env })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`The new key is kept in ${me.configDir}/secret_key\nKeep the old key`),
    });
    expect(keyFiles(me)).toEqual(['secret_key']);
    await isSound(me, env);
  });
});
