import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { commandLineOf } from '../../../src/commands/command-line.ts';
import { temporaryDirectory } from '../../support/accounts.ts';
import { exec, openWithCommands } from '../../support/ssh-door.ts';

type Known = { getCommandInstance: () => { getCommands: () => string[] } };

/** The first word of every command of a shell, whichever will be added. */
const commands = (commandLineOf([], '1.2.3') as unknown as { getInternalMethods: () => Known })
  .getInternalMethods()
  .getCommandInstance()
  .getCommands();

const local = commands.filter(name => !['users', 'sessions', 'audit', 'why'].includes(name));

/** Ways of writing an option before a command. yargs takes the word behind one for its value, and goes on. */
const leading = [
  '--help false',
  '--no-help',
  '-h false',
  '--version=false',
  '--env-file x',
  'langinfra --help false',
  '--',
];

/** What the process itself says meanwhile, to whoever runs the server. */
const saidByServer = (): (() => string) => {
  const writes = [process.stdout, process.stderr].map(stream =>
    vi.spyOn(stream, 'write').mockImplementation(() => true),
  );
  const logs = (['log', 'error', 'warn'] as const).map(name =>
    vi.spyOn(console, name).mockImplementation(() => {}),
  );
  return () => [...writes, ...logs].flatMap(spy => spy.mock.calls.map(([text]) => String(text))).join('');
};

afterEach(() => void vi.restoreAllMocks());

test.each(['root', 'ada'])('behind no option %s gets at a command of the server', async username => {
  using directory = temporaryDirectory();
  const envFile = join(directory.path, 'env');
  writeFileSync(envFile, 'LANGINFRA_PORT=read-by-the-server\n');
  await using door = await openWithCommands();
  const client = await door.connect({ username });
  const said = saidByServer();
  for (const command of ['', ...local.map(name => `${name} `)])
    for (const option of ['', ...leading.map(words => `${words} `)]) {
      const line = `${option}${command}--env-file ${envFile}`;
      const outcome = await exec(client, line);
      expect({ line, ...outcome }).toEqual({
        line,
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(
          /^langinfra: (.* does not work over SSH: .*|A command comes first: .*)\n$/,
        ),
      });
      expect(outcome.stderr).not.toContain('read-by-the-server');
    }
  expect(said()).toBe('');
});

test.each(['root', 'ada'])('behind an option of its own a command stays what %s may do', async username => {
  await using door = await openWithCommands();
  const client = await door.connect({ username });
  const said = saidByServer();
  for (const words of leading) {
    const outcome = await exec(client, `${words} users add eve --generate`);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
  }
  expect(said()).toBe('');
  expect(await door.accounts.users.needsFirstSuperuser()).toBe(false);
  expect(await door.rows("select 1 from user where username = 'eve'")).toEqual([]);
});

test.each(['--help', '-h', '', 'langinfra', 'langinfra --help'])(
  'the help by %j goes to the client, and names what works there',
  async command => {
    await using door = await openWithCommands();
    const said = saidByServer();
    const { code, stdout, stderr } = await exec(await door.connect(), command);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of ['users', 'sessions', 'audit', 'why']) expect(stdout).toContain(`langinfra ${name}`);
    for (const name of local.filter(word => word !== '$0')) expect(stdout).not.toContain(`langinfra ${name}`);
    expect(stdout).not.toContain('--env-file');
    expect(said()).toBe('');
  },
);

test.each(['--caller', '--no-caller', '--caller=x', '--_=x', '--get-yargs-completions'])(
  'there is no option %s',
  async option => {
    await using door = await openWithCommands();
    const said = saidByServer();
    const { code, stdout, stderr } = await exec(await door.connect(), `users list ${option}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`There is no option ${option.split('=')[0]} here`);
    expect(said()).toBe('');
  },
);
