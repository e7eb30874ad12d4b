import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import WebSocket from 'ws';
import { shellOf, signInOverSsh, size } from './door-clients.ts';
import type { Doors, KeyOwner } from './doors.ts';

/** So long, in milliseconds, a client makes the same trouble before it begins anew. */
const endurance = 5000;
const down = '\x1b[B';
const host = '127.0.0.1';

/** Makes trouble on a console over SSH until the time is over or the server ends it. */
const onConsole = async (
  { sshPort }: Doors,
  owner: KeyOwner,
  trouble: (channel: ClientChannel) => Promise<unknown>,
): Promise<void> => {
  const client = await signInOverSsh(sshPort, owner);
  const { channel } = await shellOf(client);
  try {
    const until = performance.now() + endurance;
    while (performance.now() < until && channel.writable) await trouble(channel);
  } finally {
    client.destroy();
  }
};

/** Writes as fast as it is taken; throws where nothing is taken for a second. */
const flood = async (channel: ClientChannel, text: string): Promise<void> => {
  if (!channel.write(text)) await once(channel, 'drain', { signal: AbortSignal.timeout(1000) });
};

const resize = (channel: ClientChannel): void => {
  const [columns, rows] = [randomInt(1, 2 * size.columns), randomInt(1, 2 * size.rows)];
  channel.setWindow(rows, columns, 0, 0);
};

/** What somebody may do to a server from outside, once; each ends by itself or by the server. */
export const troubles: Readonly<Record<string, (doors: Doors, owner: KeyOwner) => Promise<unknown>>> = {
  'keys without end': (doors, owner) =>
    onConsole(doors, owner, channel => flood(channel, down.repeat(20_000))),
  'a paste without end': (doors, owner) =>
    onConsole(doors, owner, channel => flood(channel, `\x1b[200~${'x'.repeat(60_000)}`)),
  'reads nothing': (doors, owner) =>
    onConsole(doors, owner, async channel => {
      channel.pause();
      resize(channel);
      channel.write(down);
      await setTimeout(30);
    }),
  'another size every millisecond': (doors, owner) =>
    onConsole(doors, owner, async channel => {
      resize(channel);
      await setTimeout(1);
    }),
  'is gone in the middle of a frame': async ({ sshPort }, owner) => {
    const client = await signInOverSsh(sshPort, owner);
    const { channel } = await shellOf(client);
    const coming = once(channel, 'data');
    channel.write('G');
    await coming;
    client.destroy();
  },
  'bytes that are no SSH': async ({ sshPort }) => {
    const socket = connect(sshPort, host);
    socket.on('error', () => {});
    socket.write('SSH-2.0-noise\r\n');
    socket.write(randomBytes(10_000));
    await once(socket.resume(), 'close');
  },
  'messages that no page sends': async ({ port }) => {
    const socket = new WebSocket(`ws://${host}:${port}/admin/socket`, { origin: `http://${host}:${port}` });
    socket.on('error', () => {});
    socket.on('open', () => socket.send(`{"keys":${randomBytes(100).toString('base64')}`));
    await once(socket, 'close');
  },
};

/** Has each of them made again and again until it is told to stop; gives how often each was made. */
export const makeTrouble = (doors: Doors, owner: KeyOwner) => {
  const counts = Object.fromEntries(Object.keys(troubles).map(name => [name, 0]));
  let isOver = false;
  const all = Object.entries(troubles).map(async ([name, make]) => {
    while (!isOver) {
      // To be refused or thrown out is what most of them are for.
      await make(doors, owner).catch(() => {});
      counts[name] = (counts[name] ?? 0) + 1;
      await setTimeout(200);
    }
  });
  return async (): Promise<Record<string, number>> => {
    isOver = true;
    await Promise.all(all);
    return counts;
  };
};
