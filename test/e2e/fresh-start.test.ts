import { chownSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { cli, good, isRoot, newcomer, runnableByAll } from '../support/program.ts';
import { keys, untouched } from '../support/pty.ts';

const users = 'list show add edit passwd unlock mfa activate deactivate promote demote delete'.split(' ');
const commands = ['', 'run', 'superuser', 'users', 'config', ...users.map(action => `users ${action}`)];

describe.concurrent('somebody who has just installed it', () => {
  test.each(commands)(
    'langinfra %s --help shows what it does, with examples, and makes nothing',
    async command => {
      await using me = newcomer();
      const { code, stdout, stderr } = await me.run([...command.split(' ').filter(Boolean), '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.startsWith(`langinfra ${command || '[command]'}`)).toBe(true);
      const examples = stdout.split('\nExamples:\n')[1] ?? '';
      expect(examples).toMatch(new RegExp(`^ {2}langinfra ${command}`));
      // It fits a terminal of 80 columns.
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      expect(me.everything()).toEqual({});
    },
  );

  test('langinfra --help names every command', async () => {
    await using me = newcomer();
    const { stdout } = await me.run(['--help']);
    for (const command of ['run', 'superuser', 'users', 'config'])
      expect(stdout).toContain(`\n  langinfra ${command} `);
    const help = await me.run(['users', '--help']);
    for (const action of users) expect(help.stdout).toContain(`\n  langinfra users ${action} `);
  });

  test.each([['-h'], ['users', '-h']])('langinfra %s helps, too', async (...args) => {
    await using me = newcomer();
    const help = await me.run(args);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help).toEqual(await me.run([...args.slice(0, -1), '--help']));
  });

  test('langinfra --help says that it does without a command', async () => {
    await using me = newcomer();
    expect((await me.run(['--help'])).stdout).toContain('open the console: run need not be said');
  });

  test.each([['--version'], ['-v'], ['users', '--version'], ['users', 'edit', '-v'], ['run', '--version']])(
    'langinfra %s prints the version',
    async (...args) => {
      await using me = newcomer();
      expect(await me.run(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    },
  );

  test('langinfra alone, as it is installed, opens the console', async () => {
    await using me = newcomer();
    await using ui = me.terminal([], { command: [cli] });
    await ui.sees('Admin Page', 'Automatic sign-in is on', 'langinfra automatic');
    ui.type('q');
    expect(await ui.ended).toEqual({ code: 0, signal: 0 });
    expect(ui.leftBehind()).toEqual(untouched);
  });

  test.each(['', 'run '])('langinfra %s--env-file opens it with those settings', async word => {
    await using me = newcomer();
    me.file('my.env', 'LANGINFRA_AUTO_LOGIN=False\n');
    await using ui = me.terminal([...word.split(' ').filter(Boolean), '--env-file=my.env']);
    await ui.sees('There is no superuser yet');
    ui.type(keys.ctrl('c'));
    expect(await ui.ended).toEqual({ code: 0, signal: 0 });
  });

  test('gets a database and a secret key that nobody else can read', async () => {
    await using me = newcomer();
    const server = await me.serve();
    const modes = Object.fromEntries(
      Object.entries(me.everything()).map(([name, what]) => [name, what.split(' ')[0]]),
    );
    expect(modes).toEqual({
      '.local': '700',
      '.local/share': '700',
      '.local/share/langinfra': '700',
      '.local/share/langinfra/langinfra.db': '600',
      '.local/share/langinfra/langinfra.db-shm': '600',
      '.local/share/langinfra/langinfra.db-wal': '600',
      '.local/share/langinfra/secret_key': '600',
    });
    expect(server.said.stderr).toContain(`listening on ${server.url}, database ${me.database}\n`);
  });

  test('keeps its files where XDG_DATA_HOME says', async () => {
    await using me = newcomer();
    await using ui = me.terminal([], { env: { XDG_DATA_HOME: join(me.home, 'data') } });
    await ui.sees('Admin Page');
    expect(statSync(join(me.home, 'data', 'langinfra', 'langinfra.db')).isFile()).toBe(true);
  });

  test('keeps compiled code in the own cache directory, not where others could write', async () => {
    await using me = newcomer();
    await me.run(['config'], { env: { NODE_COMPILE_CACHE: undefined } });
    expect(Object.keys(me.everything()).slice(0, 2)).toEqual(['.cache', '.cache/langinfra']);
  });

  test.runIf(isRoot)('starts as a number that has neither a name nor a home, as in a container', async () => {
    await using me = newcomer({ LANGINFRA_CONFIG_DIR: 'data/langinfra' });
    mkdirSync(join(me.home, 'data'));
    chownSync(join(me.home, 'data'), 54_321, 54_321);
    const options = { ...runnableByAll(me), uid: 54_321, gid: 54_321, env: { HOME: undefined } };
    const made = await me.run(['superuser'], { ...options, input: `root\n${good}\n` });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const listed = await me.run(['users', 'deactivate', 'root'], options);
    expect(listed).toMatchObject({ code: 5, stderr: 'langinfra: The last superuser stays\n' });
  });
});
