import type { Client, ClientChannel } from 'ssh2';
import { describe, expect, test } from 'vitest';
import {
  exec,
  openChannel,
  openDoor,
  openShell,
  openWithCommands,
  sendTooMuch,
} from '../../support/ssh-door.ts';

/** What ssh2's client sends by itself only, and once on a channel. */
type Protocol = {
  exec: (channel: number, command: string, wantsReply: boolean) => void;
  shell: (channel: number, wantsReply: boolean) => void;
  subsystem: (channel: number, name: string, wantsReply: boolean) => void;
};
const protocolOf = (client: Client) => (client as unknown as { _protocol: Protocol })._protocol;

/** Sends one more request on a channel, and gives how it was answered. */
const requestOn = (client: Client, channel: ClientChannel, send: (protocol: Protocol, id: number) => void) =>
  new Promise<'succeeded' | 'failed' | 'no answer'>(resolve => {
    const { outgoing, _callbacks: waiting } = channel as unknown as {
      outgoing: { id: number };
      _callbacks: ((failed: boolean) => void)[];
    };
    client.once('close', () => resolve('no answer'));
    waiting.push(failed => resolve(failed ? 'failed' : 'succeeded'));
    send(protocolOf(client), outgoing.id);
  });

describe('a channel on which something is open', () => {
  test.each<[string, (protocol: Protocol, id: number) => void]>([
    ['a command', (protocol, id) => protocol.exec(id, 'users list', true)],
    ['a console', (protocol, id) => protocol.shell(id, true)],
    ['sftp', (protocol, id) => protocol.subsystem(id, 'sftp', true)],
  ])('takes no %s beside it, and all that is open goes on', async (_, send) => {
    await using door = await openWithCommands();
    const client = await door.connect();
    const ui = await openShell(client);
    await ui.sees('Admin Page');
    let followed = '';
    const { channel } = await openChannel(
      opened => client.exec('audit list --follow', opened),
      undefined,
      text => {
        followed += text;
      },
    );
    await expect.poll(() => followed).toContain('signed in');
    expect(await requestOn(client, channel, send)).toBe('failed');
    expect(await requestOn(client, ui.channel, send)).toBe('failed');
    ui.type('a');
    await ui.sees('ada is not active any more');
    await expect.poll(() => followed).toContain('changed ada');
    expect(door.log()).not.toContain('connection failed');
  });

  test('takes nothing where that was refused, either', async () => {
    await using door = await openDoor({ limits: { ofOneUser: 1 } });
    await door.connect({ username: 'ada' });
    const client = await door.connect({ username: 'ada' });
    const { channel, outcome } = await openChannel(opened => client.exec('users list', opened));
    protocolOf(client).exec(
      (channel as unknown as { outgoing: { id: number } }).outgoing.id,
      'users list',
      false,
    );
    expect(await outcome).toMatchObject({ code: 6 });
    expect(door.log()).not.toContain('connection failed');
  });
});

test('a channel that is closed before anything was opened on it is closed on this side, too', async () => {
  await using door = await openDoor();
  const client = await door.connect();
  const { _chanMgr: channels, _protocol: protocol } = client as unknown as {
    _chanMgr: { add: (opened: (error: Error | undefined, channel: ClientChannel) => void) => number };
    _protocol: { session: (id: number, window: number, packet: number) => void };
  };
  const channel = await new Promise<ClientChannel>(resolve => {
    protocol.session(
      channels.add((_, opened) => resolve(opened)),
      100_000,
      10_000,
    );
  });
  const closed = new Promise(resolve => channel.once('close', resolve));
  channel.resume().close();
  await closed;
  await openShell(client);
});

test('what breaks on our side while a client is answered is an error in the log, and nobody else is the worse for it', async () => {
  await using door = await openDoor({
    onLog: line => {
      if (line.includes('sent more than it may')) throw new TypeError('no place for the log');
    },
  });
  const client = await door.connect();
  const other = await openShell(await door.connect());
  const ui = await openShell(client);
  await ui.sees('Admin Page');
  const gone = new Promise<void>(resolve => client.once('close', () => resolve()));
  sendTooMuch(client, ui.channel);
  await gone;
  expect(door.logged().find(({ level }) => level === 50)).toMatchObject({
    msg: 'connection broken',
    err: { message: 'no place for the log', stack: expect.stringContaining('window.ts') },
  });
  other.type('a');
  await other.sees('ada is not active any more');
});

test('a command line that is too long for SSH ends the connection, which is no error of ours', async () => {
  await using door = await openWithCommands();
  const client = await door.connect();
  const name = 'x'.repeat(31_980);
  expect(await exec(client, `users show ${name}`)).toMatchObject({ code: 4 });
  const gone = new Promise<void>(resolve => client.once('close', () => resolve()));
  client.exec(`users show ${name.repeat(2)}`, () => {});
  await gone;
  await expect.poll(() => door.log()).toContain('Bad packet length');
  expect(door.logged().filter(({ level }) => level === 50)).toEqual([]);
});
