import type { Client, ClientChannel } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { operator, usual } from '../../support/accounts.ts';
import { exec, openChannel, openDoor, openWithCommands } from '../../support/ssh-door.ts';
import { newKeyPair } from '../../support/ssh-keys.ts';

test('a superuser lists and changes users, and the audit knows who it was', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const listed = await exec(client, 'users list --json');
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(listed.stdout)).toMatchObject({ total_count: 2 });
  expect(await exec(client, 'langinfra users deactivate ada')).toMatchObject({
    code: 0,
    stdout: 'ada cannot sign in any more\n',
    stderr: '',
  });
  expect(await door.find(door.ada.id)).toMatchObject({ isActive: false });
  const [row] = await door.rows("select actor_name, door from audit where event = 'user_changed'");
  expect(row).toEqual({ actor_name: 'root', door: 'ssh' });
});

test('how many sign-ins failed before is said beside what the command says', async () => {
  await using door = await openWithCommands();
  await expect(door.connect({ password: 'wrong' })).rejects.toThrow();
  const listed = await exec(await door.connect(), 'users list --json');
  expect(listed).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^1 failed sign-in .*from 127.0.0.1/),
  });
  expect(JSON.parse(listed.stdout)).toMatchObject({ total_count: 2 });
  expect(await exec(await door.connect(), 'users list --json')).toMatchObject({ stderr: '' });
});

test('a password comes from stdin', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const changed = await exec(client, 'users passwd ada --password-stdin', 'another horse battery\n');
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining('ada has a new password') });
  await door.signIn('ada', 'another horse battery');
  expect(await exec(client, 'users passwd ada --password-stdin', '')).toMatchObject({ code: 2 });
});

test('whoever gets a new password is said to keep the SSH keys', async () => {
  await using door = await openWithCommands();
  await door.accounts.sshKeys.add(operator, door.ada.id, newKeyPair().line);
  const client = await door.connect();
  expect(await exec(client, 'users passwd ada --password-stdin', 'another horse battery\n')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('all its sessions have ended; its SSH keys stay\n'),
  });
});

test('a name in quotes is one word', async () => {
  await using door = await openWithCommands();
  await door.add('ada lovelace');
  const client = await door.connect();
  expect(await exec(client, "users show 'ada lovelace'")).toMatchObject({ code: 0 });
  expect(await exec(client, 'users show "ada lovelace" --json')).toMatchObject({ code: 0 });
  expect(await exec(client, 'users show ada\\ lovelace')).toMatchObject({ code: 0 });
});

const codes: Record<string, number> = {
  'users show nobody': 4,
  'users add ada --generate': 3,
  'users demote root': 5,
  'users deactivate root': 5,
  'users liist': 2,
  'users show "unclosed': 2,
  'users delete ada root': 2,
};

test('exit codes are those of the command in a shell', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  for (const [command, code] of Object.entries(codes)) {
    const outcome = await exec(client, command);
    expect({ command, code: outcome.code }).toEqual({ command, code });
    expect(outcome.stderr).toMatch(/^langinfra: .*\n$/);
  }
});

test('help and version are told as in a shell', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  expect(await exec(client, 'users --help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('langinfra users'),
  });
  expect(await exec(client, '--version')).toMatchObject({ code: 0, stdout: '1.2.3\n' });
  expect(await exec(client, 'users edit -v')).toMatchObject({ code: 0, stdout: '1.2.3\n' });
  expect(await exec(client, 'users deactivate ada --yes -v')).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^langinfra: --version shows the version of langinfra and does nothing else/,
    ),
  });
});

test.each([
  'run',
  'backup x',
  'restore x',
  'secret rotate',
  'config',
  'superuser',
  'recover',
  'bash',
  'scp -t x',
])('%s is refused with one sentence, and does nothing', async command => {
  await using door = await openWithCommands();
  const outcome = await exec(await door.connect(), command);
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toContain('does not work over SSH');
  const events = (await door.rows<{ event: string }>('select event from audit order by id')).map(
    row => row.event,
  );
  expect(events.slice(0, 3)).toEqual(['user_added', 'user_added', 'signed_in']);
  expect(events.slice(3).filter(event => event !== 'signed_out')).toEqual([]);
});

test.each([
  'users list --env-file /etc/hostname',
  'users export /tmp/users.csv',
  'users import /etc/passwd',
  'users keys add root /etc/hostname',
  'audit verify --head /etc/hostname',
])('%s would be about a file of the server, and is refused', async command => {
  await using door = await openWithCommands();
  const outcome = await exec(await door.connect(), command);
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(outcome.stderr).toContain('does not work over SSH: it is about files of the server');
});

test('what was exported comes back by stdin', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const { stdout: head } = await exec(client, 'audit export --head');
  const verify = 'audit verify --head -';
  expect(await exec(client, verify, head)).toMatchObject({ code: 0, stderr: '' });
  const later = head.replace(/"id":(\d+)/, (_, id) => `"id":${Number(id) + 100}`);
  const cut = await exec(client, verify, later);
  expect(cut).toMatchObject({ code: 7, stdout: expect.stringContaining('its end was cut off') });
  expect(await exec(client, verify, 'nothing')).toMatchObject({
    code: 2,
    stderr: 'langinfra: stdin cannot be read as what langinfra audit export has written\n',
  });
});

describe('an ordinary user', () => {
  const denied = "langinfra: The user doesn't have enough privileges\n";
  test.each([
    'users list',
    'users show root',
    'users add eve --generate',
    'users passwd root --generate',
    'users promote ada',
    'users activate --filter all --yes',
    'users delete root',
    'users unlock root',
    'users mfa reset root --yes',
    'users export --format json',
    'users export',
    'users keys list root',
    'sessions list',
    'sessions end --all --yes',
    'audit list',
    'audit verify',
    'audit export',
    'why root',
  ])('may not: %s', async command => {
    await using door = await openWithCommands();
    const client = await door.connect({ username: 'ada' });
    const outcome = await exec(client, command);
    expect(outcome).toEqual({ code: 5, stdout: '', stderr: denied });
  });

  test('lists, adds and removes the own keys', async () => {
    await using door = await openWithCommands();
    const client = await door.connect({ username: 'ada' });
    const { line } = newKeyPair();
    expect(await exec(client, 'users keys add ada', line)).toMatchObject({ code: 0 });
    const twice = await exec(client, 'users keys add ada -', line);
    expect(twice).toMatchObject({ code: 3, stderr: expect.stringContaining('already') });
    const { stdout } = await exec(client, 'users keys list ada --json');
    const [{ fingerprint }] = JSON.parse(stdout).ssh_keys;
    expect(await exec(client, `users keys remove ada ${fingerprint}`)).toMatchObject({ code: 0 });
    expect(await door.accounts.sshKeys.list(operator, door.ada.id)).toEqual([]);
  });

  test('adds no own key with a key alone: the console asks for the password', async () => {
    await using door = await openWithCommands();
    const { line, privateKey } = newKeyPair();
    await door.accounts.sshKeys.add(operator, door.ada.id, line);
    const client = await door.connect({ username: 'ada', password: undefined as never, privateKey });
    expect(await exec(client, 'users keys add ada', newKeyPair().line)).toEqual({
      code: 5,
      stdout: '',
      stderr:
        'langinfra: Your current password is needed too, unless you have just signed in with it: the console asks for it, ssh -t HOST\n',
    });
    expect(await door.accounts.sshKeys.list(operator, door.ada.id)).toHaveLength(1);
  });
});

test.each([
  ['users keys add ada', { code: 5, stderr: expect.stringContaining('This is no public key') }],
  ['users passwd ada --password-stdin', { code: 2, stderr: expect.stringContaining('longer than 4 KiB') }],
  ['users import -', { code: 2, stderr: expect.stringContaining('it is not valid UTF-8') }],
])('what comes without an end is not collected: %s', async (command, outcome) => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const { channel, outcome: over } = await openChannel(opened => client.exec(command, opened));
  // It ends only where the command does.
  const bytes = Buffer.alloc(65_536, command.startsWith('users import') ? 0xbf : 0x61);
  const send = (): void => {
    if (channel.writable) channel.write(bytes, send);
  };
  send();
  expect(await over).toMatchObject({ stdout: '', ...outcome });
});

test('who is deactivated while a command runs is out', async () => {
  await using door = await openWithCommands();
  await door.add('eve', { isSuperuser: true });
  const client = await door.connect({ username: 'eve', password: usual });
  const gone = new Promise<void>(resolve => client.once('close', () => resolve()));
  const { outcome } = await openChannel(opened => client.exec('audit list --follow', opened), '');
  expect(await exec(await door.connect(), 'users deactivate eve')).toMatchObject({ code: 0 });
  await gone;
  await outcome;
  expect(await exec(await door.connect(), 'users activate eve')).toMatchObject({ code: 0 });
});

test('who has to change the password is told where', async () => {
  await using door = await openWithCommands();
  await door.add('eve', { isSuperuser: true, mustChangePassword: true });
  const client = await door.connect({ username: 'eve' });
  expect(await exec(client, 'users list')).toEqual({
    code: 6,
    stdout: '',
    stderr: 'langinfra: Password change required: the console asks for it, ssh -t HOST\n',
  });
});

test('a command that the server cuts off as it stops does not end well, and says why', async () => {
  await using door = await openDoor({
    // As a command does whose output nobody wants any more.
    runCommand: async ({ stdout, signal }) => {
      stdout.write('the first half\n');
      await new Promise(resolve => signal.addEventListener('abort', resolve));
      return 0;
    },
  });
  const client = await door.connect();
  const begun = Promise.withResolvers<void>();
  const { outcome } = await openChannel(
    opened => client.exec('users export', opened),
    '',
    () => begun.resolve(),
  );
  await begun.promise;
  await door.close();
  expect(await outcome).toEqual({
    code: 1,
    stdout: 'the first half\n',
    stderr: 'langinfra: The server is stopping: the command was cut off, and may not have been finished\n',
  });
});

test('so it is for a client that has stopped to read', async () => {
  const stuck = Promise.withResolvers<void>();
  await using door = await openDoor({
    runCommand: async ({ stdout }) => {
      const part = (): Promise<boolean> =>
        new Promise(resolve => {
          const late = setTimeout(stuck.resolve, 300);
          stdout.write('x'.repeat(100_000), error => {
            clearTimeout(late);
            resolve(!error);
          });
        });
      while (await part());
      return 0;
    },
  });
  const client = await door.connect();
  const channel = await new Promise<ClientChannel>((resolve, reject) =>
    client.exec('users export', (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const exited = new Promise(resolve => channel.once('exit', resolve));
  await stuck.promise;
  await door.close();
  expect(await exited).toBe(1);
});

test('a client that hangs up ends its command, and takes no place any more', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  await openChannel(opened => client.exec('audit list --follow', opened), '');
  await expect.poll(() => door.sessions.count()).toBe(1);
  client.destroy();
  await expect.poll(() => door.sessions.count()).toBe(0);
});

test.each<[string, (client: Client, channel: ClientChannel) => void]>([
  ['is gone', client => client.destroy()],
  ['closes its channel', (_, channel) => channel.close()],
])('a client that %s ends its command, though nobody read what it had sent', async (_, leave) => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const { channel } = await openChannel(opened => client.exec('audit list --follow', opened));
  channel.write('x'.repeat(500_000));
  // It all has come before that.
  await exec(client, 'users list');
  leave(client, channel);
  await expect.poll(() => door.sessions.count()).toBe(0);
});

const manyNames = (many: number, name: string): string =>
  `username\n${Array.from({ length: many }, (_, at) => `${name} ${at}\n`).join('')}`;

test.each([
  ['changes many users', 'users activate --filter pending --yes', ''],
  ['imports many', 'users import -', manyNames(20_000, 'later')],
])('a client that is gone while it %s has changed none of them', async (_, command, input) => {
  await using door = await openWithCommands();
  await exec(await door.connect(), 'users import -', manyNames(5000, 'sooner'));
  const before = await door.rows('select count(*), sum(is_active) from user');
  const client = await door.connect();
  const { channel } = await openChannel(opened => client.exec(command, opened), input);
  // What it says before it begins.
  await new Promise(resolve => channel.stderr.once('data', resolve));
  client.destroy();
  await expect.poll(() => door.sessions.count(), { timeout: 20_000 }).toBe(0);
  expect(await door.rows('select count(*), sum(is_active) from user')).toEqual(before);
  expect(door.logged().filter(({ level }) => level === 50)).toEqual([]);
});

test('on a terminal a password is asked for twice, and the keys that erase do so', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  let said = '';
  const { channel, outcome } = await openChannel(opened =>
    client.exec('users passwd ada --password-stdin', { pty: true }, opened),
  );
  channel.stderr.on('data', (text: string) => {
    said += text;
  });
  const says = (text: string) => expect.poll(() => said).toContain(text);
  await says('Password: ');
  channel.write('short\r');
  await says('at least');
  channel.write('no\x15another hörse\x7f\x08\x7f\x7férse batery xx\x17\x7f\x7f\x7f\x7ftery\r');
  await says('Password again: ');
  channel.write('another h\x7f');
  channel.write('hérse battery\r');
  expect(await outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('ada has a new password') });
  expect(said).not.toContain('battery');
  await door.signIn('ada', 'another hérse battery');
});

test.each([
  ['ctrl-c', '\x03'],
  ['ctrl-d', '\x04'],
])('a password that is not finished at %s changes nothing', async (_name, key) => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const { channel, outcome } = await openChannel(opened =>
    client.exec('users passwd ada --password-stdin', { pty: true }, opened),
  );
  channel.write(`another horse battery${key}`);
  expect(await outcome).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('Stopped. Nothing was changed'),
  });
  await door.signIn('ada', usual);
});

test('on a terminal lines begin at the left, and ctrl-c ends the command', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const { channel, outcome } = await openChannel(opened =>
    client.exec('audit list --follow', { pty: true }, opened),
  );
  let text = '';
  channel.on('data', (chunk: string) => {
    text += chunk;
  });
  await expect.poll(() => text).toContain('signed in');
  channel.write('\x03');
  await outcome;
  expect(text).not.toMatch(/[^\r]\n/);
});
