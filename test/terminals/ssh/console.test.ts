import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Client } from 'ssh2';
import { describe, expect, test } from 'vitest';
import { operator, usual } from '../../support/accounts.ts';
import {
  exec,
  openChannel,
  openDoor,
  openShell,
  openWithCommands,
  sendTooMuch,
  type TestDoor,
} from '../../support/ssh-door.ts';
import { newKeyPair } from '../../support/ssh-keys.ts';

const closed = (client: Client) => new Promise<void>(resolve => client.once('close', () => resolve()));

/** Lets the server send 32 KiB on the next channel, and not a byte after that. */
const readLittle = (client: Client): void => {
  // ssh2 has no option for it.
  const { _protocol: protocol } = client as unknown as {
    _protocol: {
      session: (channel: number, window: number, most: number) => void;
      channelWindowAdjust: () => void;
    };
  };
  const open = protocol.session.bind(protocol);
  protocol.session = (channel, _window, most) => open(channel, 32_768, most);
  protocol.channelWindowAdjust = () => {};
};

test('a superuser comes to the Admin Page, changes something and quits', async () => {
  await using door = await openDoor();
  const client = await door.connect();
  const ui = await openShell(client);
  await ui.sees(/^ Langinfra › Admin Page[\s\S]*› ada/);
  ui.type('a');
  await ui.sees('ada is not active any more');
  expect(await door.find(door.ada.id)).toMatchObject({ isActive: false });
  ui.type('q');
  expect(await ui.code()).toBe(0);
  await expect.poll(() => ui.terminal.buffer.active.type).toBe('normal');
  const gone = closed(client);
  client.end();
  await gone;
  await expect.poll(() => door.rows('select * from session')).toEqual([]);
  const [signedIn] = await door.rows<{ origin: string; door: string }>(
    "select origin, door from audit where event = 'signed_in'",
  );
  expect(signedIn?.door).toBe('ssh');
  expect(signedIn?.origin).toContain('127.0.0.1');
});

test('an ordinary user comes to the Profile, with a key as well', async () => {
  await using door = await openDoor();
  const { privateKey, line } = newKeyPair();
  await door.accounts.sshKeys.add(operator, door.ada.id, line);
  const client = await door.connect({ username: 'ada', privateKey, password: undefined as never });
  const ui = await openShell(client);
  await ui.sees('Profile');
  expect(ui.screen()).not.toContain('Admin Page');
});

test('how many sign-ins failed before is said, with a password and with a key', async () => {
  await using door = await openDoor();
  const { privateKey, line } = newKeyPair();
  await door.accounts.sshKeys.add(operator, door.ada.id, line);
  const failed = /Note: 1 failed sign-in .* from 127\.0\.0\.1/;
  for (const username of ['root', 'ada'])
    await expect(door.connect({ username, password: 'wrong' })).rejects.toThrow();
  await (await openShell(await door.connect())).sees(failed);
  const withKey = { username: 'ada', privateKey, password: undefined as never };
  await (await openShell(await door.connect(withKey))).sees(failed);
});

test('the size of the terminal is asked for and followed', async () => {
  await using door = await openDoor();
  const ui = await openShell(await door.connect(), { columns: 100, rows: 30 });
  await ui.sees('Last login');
  ui.terminal.resize(60, 15);
  ui.channel.setWindow(15, 60, 0, 0);
  await ui.sees('Langinfra needs 80x24; this terminal is 60x15');
});

test('a terminal of no size at all gets a usual one', async () => {
  await using door = await openDoor();
  const ui = await openShell(await door.connect(), { columns: 0, rows: 0 });
  await ui.sees(/^ Langinfra › Admin Page[\s\S]*quit$/);
});

test('on a dumb terminal the console is said line by line', async () => {
  await using door = await openDoor();
  const ui = await openShell(await door.connect(), { columns: 80, rows: 24 }, 'dumb');
  await ui.sees('Admin Page');
  expect(ui.bytes()).not.toContain('\x1b[');
});

test('several consoles on one connection: one is quit, the others go on', async () => {
  await using door = await openDoor();
  const client = await door.connect();
  const [one, other] = [await openShell(client), await openShell(client)];
  await one.sees('Admin Page');
  await other.sees('Admin Page');
  one.type('q');
  expect(await one.code()).toBe(0);
  other.type('a');
  await other.sees('ada is not active any more');
});

test('signing out in one of them ends all', async () => {
  await using door = await openDoor();
  const client = await door.connect();
  const gone = closed(client);
  const [one, other] = [await openShell(client), await openShell(client)];
  await one.sees('Admin Page');
  await other.sees('Admin Page');
  one.type('m');
  await one.sees('Sign out');
  one.type('\x1b[A');
  one.type('\r');
  expect(await one.code()).toBe(0);
  expect(await other.code()).toBe(6);
  await gone;
});

test.each([
  ['deactivated', { isActive: false }],
  ['demoted', { isSuperuser: false }],
])('who is %s is out at once, with one sentence', async (_, edit) => {
  await using door = await openDoor();
  const eve = await door.add('eve', { isSuperuser: true });
  const client = await door.connect({ username: 'eve' });
  const gone = closed(client);
  const ui = await openShell(client);
  await ui.sees('Admin Page');
  await door.accounts.users.change(operator, eve.id, edit);
  expect(await ui.code()).toBe(6);
  await expect.poll(() => ui.terminal.buffer.active.type).toBe('normal');
  await ui.sees(/^langinfra: Your session has ended\. Sign in again$/m);
  await gone;
});

test('a connection on which nothing is open ends with its session, too', async () => {
  await using door = await openDoor({ settings: { sessionMaxSeconds: 1 } });
  const client = await door.connect();
  const gone = closed(client);
  door.pass(2);
  await door.accounts.users.change(operator, door.ada.id, { isActive: false });
  await gone;
});

test('the absolute end of a session ends the console', async () => {
  await using door = await openDoor({ settings: { sessionMaxSeconds: 2 } });
  const ui = await openShell(await door.connect());
  door.pass(3);
  expect(await ui.code()).toBe(6);
});

describe('a console that nobody uses', () => {
  const settings = { sessionIdleSeconds: 900 };
  /** The console of somebody who signs in with a key. */
  const openWithKey = async (door: TestDoor, id: string, username: string) => {
    const { privateKey, line } = newKeyPair();
    await door.accounts.sshKeys.add(operator, id, line);
    const client = await door.connect({ username, privateKey, password: undefined as never });
    const ui = await openShell(client);
    await ui.sees('Profile');
    return ui;
  };

  test('locks, and the password brings it back, whatever one signed in with', async () => {
    await using door = await openDoor({ settings });
    const ui = await openWithKey(door, door.ada.id, 'ada');
    door.pass(900);
    await ui.sees('Locked');
    ui.type(usual, '\r');
    await ui.sees('Profile');
  });

  test('ends where whoever signed in with a key has no password to unlock it with', async () => {
    await using door = await openDoor({ settings });
    const ui = await openWithKey(door, await door.addRow('eve', ''), 'eve');
    door.pass(900);
    expect(await ui.code()).toBe(6);
    await ui.sees(/^langinfra: Your session has ended\. Sign in again$/m);
    await expect.poll(() => door.rows('select * from session')).toEqual([]);
  });
});

test('when the server stops every client gets its screen back and an exit status', async () => {
  await using door = await openDoor();
  const ui = await openShell(await door.connect());
  const other = await openShell(await door.connect({ username: 'ada' }));
  await ui.sees('Admin Page');
  await other.sees('Profile');
  await door.close();
  expect([await ui.code(), await other.code()]).toEqual([0, 0]);
  await expect.poll(() => ui.terminal.buffer.active.type).toBe('normal');
  expect(await door.rows('select * from session')).toEqual([]);
});

test('a server that stops lets nothing more be opened on a connection, while others get their screens back', async () => {
  await using door = await openDoor();
  const idle = await door.connect({ username: 'ada' });
  const deaf = await door.connect();
  readLittle(deaf);
  const slow = await openShell(deaf);
  await slow.sees('Admin Page');
  // It takes the last bytes of nobody: the end waits for it.
  slow.channel.pause();
  for (let time = 0; time < 30; time += 1) slow.type('?', '\x1b');
  const closing = door.close();
  await expect(openChannel(opened => idle.exec('users list', opened))).rejects.toThrow(
    'Channel open failure',
  );
  await closing;
});

test('without a terminal there is one sentence, and exit 2', async () => {
  await using door = await openDoor();
  const client = await door.connect();
  const { outcome } = await openChannel(opened => client.shell(false, opened));
  const { code, stdout, stderr } = await outcome;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    'langinfra: The console needs a terminal: ssh -t. Without one, give a command: ssh HOST users list\r\n',
  );
});

test('there is neither sftp nor forwarding', async () => {
  await using door = await openDoor();
  // Else ssh2's client asks servers of OpenSSH only.
  const client = await door.connect({ strictVendor: false });
  const { outcome } = await openChannel(opened => client.subsys('sftp', opened));
  expect(await outcome).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There are no files and no shell here'),
  });
  const sentence = 'Nothing is forwarded here: there are only the console, and commands like users list';
  const forwarded = new Promise((_, reject) =>
    client.forwardOut('127.0.0.1', 1, '127.0.0.1', door.port, error => reject(error)),
  );
  await expect(forwarded).rejects.toThrow(sentence);
  const listened = new Promise((_, reject) => client.forwardIn('127.0.0.1', 0, error => reject(error)));
  await expect(listened).rejects.toThrow();
  const socket = new Promise((_, reject) =>
    client.openssh_forwardOutStreamLocal('/tmp/x', error => reject(error)),
  );
  await expect(socket).rejects.toThrow(sentence);
});

test('one user has so many consoles at the most', async () => {
  await using door = await openDoor({ sessionLimits: { inAll: 10, ofOne: 2 } });
  const client = await door.connect();
  await openShell(client);
  await openShell(await door.connect());
  const third = await openShell(client);
  expect(await third.code()).toBe(6);
  await third.sees('You have 2 consoles open already. Close one first');
});

test('a connection has so many channels at the most, and says so', async () => {
  await using door = await openDoor({ sessionLimits: { inAll: 50, ofOne: 50 } });
  const client = await door.connect();
  for (let count = 0; count < 10; count += 1) await openShell(client);
  await expect(openShell(client)).rejects.toThrow(
    '10 consoles and commands are open on this connection already. Close one first',
  );
});

// A megabyte of frames: a minute and a half where the machine is busy.
test('a client that stops reading is dropped, and others go on', { timeout: 300_000 }, async () => {
  await using door = await openDoor();
  const client = await door.connect();
  readLittle(client);
  const stalled = await openShell(client, { columns: 300, rows: 100 });
  const other = await openShell(await door.connect());
  await other.sees('Admin Page');
  const typing = setInterval(() => stalled.channel.write('\x0c'.repeat(20)), 5);
  await expect.poll(() => door.sessions.count(), { timeout: 280_000 }).toBe(1);
  clearInterval(typing);
  other.type('a');
  await other.sees('ada is not active any more');
});

test('a client that vanishes leaves no session', async () => {
  await using door = await openDoor();
  const client = await door.connect();
  const ui = await openShell(client);
  await ui.sees('Admin Page');
  client.destroy();
  await expect.poll(() => door.rows('select * from session')).toEqual([]);
  expect(door.sessions.count()).toBe(0);
});

test.each(['a console', 'a command'])('a client that sends %s more than it may is dropped', async what => {
  await using door = await openDoor({
    runCommand: ({ signal }) =>
      new Promise(resolve => signal.addEventListener('abort', () => resolve(1), { once: true })),
  });
  const client = await door.connect();
  const { channel } =
    what === 'a console'
      ? await openShell(client)
      : await openChannel(opened => client.exec('users import -', opened));
  const gone = closed(client);
  sendTooMuch(client, channel);
  await gone;
  expect(door.logged().filter(({ msg }) => msg === 'sent more than it may')).toHaveLength(1);
  await expect.poll(() => door.sessions.count()).toBe(0);
  await expect.poll(() => door.rows('select * from session')).toEqual([]);
});

test('the commands that the console shows go to where its client has come, as that user, and work there', async () => {
  await using door = await openWithCommands();
  const name = "o'brien $(x)";
  await door.add(name, { isSuperuser: true });
  const client = await door.connect({ username: name });
  const ui = await openShell(client, { columns: 120, rows: 30 });
  await ui.sees('Admin Page');
  ui.type('?', 'deletes');
  const to = `-p ${door.port} 'o'\\''brien $(x)@127.0.0.1'`;
  await ui.sees(`ssh -t ${to} users delete ada`);
  expect(ui.screen()).not.toContain('langinfra users');
  ui.type('\x1b');
  await expect.poll(ui.screen).not.toContain('Type to search');
  ui.type('G');
  await ui.sees(/› root/);
  ui.type('k');
  await ui.sees(/› o'brien/);
  ui.type('\r');
  await ui.sees('API keys');
  ui.type('c');
  await ui.sees('In a shell this does the same:');
  ui.type('c');
  await expect.poll(() => ui.bytes().match(/\x1b\]52;c;([^\x07\x1b]+)/)?.[1]).toBeDefined();
  const copied = Buffer.from(ui.bytes().match(/\x1b\]52;c;([^\x07\x1b]+)/)?.[1] ?? '', 'base64').toString();
  // The shell of the client takes its quotes away, and hands on what OpenSSH sends.
  const { stdout } = await promisify(execFile)('sh', ['-c', `ssh() { printf '%s\\n' "$@"; }; ${copied}`]);
  const [option, port, destination, ...sent] = stdout.trimEnd().split('\n');
  expect([option, port, destination]).toEqual(['-p', String(door.port), `${name}@127.0.0.1`]);
  expect(await exec(client, sent.join(' '))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(name),
  });
});
