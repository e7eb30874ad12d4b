import { once } from 'node:events';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import WebSocket from 'ws';
import type { FromPage, FromServer } from '../src/terminals/browser-messages.ts';
import { algorithms } from '../src/terminals/ssh/algorithms.ts';
import type { KeyOwner } from './doors.ts';

const host = '127.0.0.1';
export const size = { columns: 120, rows: 45 };
/** Nothing more of a frame comes after so many milliseconds of quiet. */
const frameEnds = 60;
/** A frame that has not begun after so many milliseconds will not come. */
const mostFor = 5000;

/** A console somewhere, and somebody who types there. */
export type Typist = {
  write: (keys: string) => void;
  /** From a key until the last byte of what it changes on the screen, in milliseconds; NaN where nothing came. */
  press: (keys: string) => Promise<number>;
  /** How many bytes have come. */
  bytes: () => number;
  /** Whether the server has not ended it. */
  isOpen: () => boolean;
  /** Leaves, and resolves when the connection is closed. */
  leave: () => Promise<void>;
};

type Ear = ReturnType<typeof createEar>;

/** What comes from a console, whichever way it comes. */
const createEar = () => {
  let bytes = 0;
  let lastAt = performance.now();
  let waiting: { text: string; wanted: string; resolve: () => void } | undefined;
  /** Waits until something has come, but for a key that changes nothing, and then until nothing does any more. */
  const quiet = (pressed: number, before: number): Promise<void> =>
    new Promise(resolve => {
      const check = () => {
        const began = bytes > before ? lastAt + frameEnds : pressed + mostFor;
        if (began <= performance.now()) resolve();
        else setTimeout(check, bytes > before ? Math.max(1, began - performance.now()) : frameEnds);
      };
      setTimeout(check, frameEnds);
    });
  return {
    hear: (text: string): void => {
      bytes += text.length;
      lastAt = performance.now();
      if (!waiting) return;
      waiting.text += text;
      if (!waiting.text.includes(waiting.wanted)) return;
      waiting.resolve();
      waiting = undefined;
    },
    shows: (wanted: string): Promise<void> =>
      new Promise(resolve => {
        waiting = { text: '', wanted, resolve };
      }),
    bytes: () => bytes,
    timed: async (press: () => void): Promise<number> => {
      const before = bytes;
      const pressed = performance.now();
      press();
      await quiet(pressed, before);
      return bytes > before ? lastAt - pressed : Number.NaN;
    },
  };
};

/** Connects and signs in with a key. Rejects where that is refused. */
export const signInOverSsh = async (port: number, { username, privateKey }: KeyOwner): Promise<Client> => {
  const client = new ssh2.Client();
  client.on('connect', () => client.setNoDelay(true));
  client.connect({ host, port, username, privateKey, algorithms, readyTimeout: 60_000 });
  await once(client, 'ready');
  // What comes later is told by `close`.
  client.on('error', () => {});
  return client;
};

/** A console on a connection. Resolves when its first frame is there. */
export const shellOf = async (client: Client): Promise<{ channel: ClientChannel; ear: Ear }> => {
  const ear = createEar();
  const isThere = ear.shows('quit');
  const channel = await new Promise<ClientChannel>((resolve, reject) =>
    client.shell({ term: 'xterm-256color', cols: size.columns, rows: size.rows }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  );
  channel.on('error', () => {});
  channel.setEncoding('latin1').on('data', ear.hear);
  const ended = once(channel, 'close').then(() => {
    throw new Error('the console was not opened');
  });
  await Promise.race([isThere, ended]);
  // It may end in many ways later on.
  ended.catch(() => {});
  return { channel, ear };
};

/** A console of somebody who signs in over SSH. Resolves when its first frame is there. */
export const typistOverSsh = async (port: number, owner: KeyOwner): Promise<Typist> => {
  const client = await signInOverSsh(port, owner);
  const { channel, ear } = await shellOf(client);
  let isOpen = true;
  channel.on('close', () => {
    isOpen = false;
  });
  return {
    bytes: ear.bytes,
    write: keys => void channel.write(keys),
    press: keys => ear.timed(() => void channel.write(keys)),
    isOpen: () => isOpen,
    leave: async () => {
      const closed = once(client, 'close');
      client.end();
      await closed;
    },
  };
};

/** A console in a page that is open at this address of the loopback network, signed in by itself. */
export const typistInBrowser = async (port: number, localAddress: string): Promise<Typist> => {
  const origin = `http://${host}:${port}`;
  const socket = new WebSocket(`ws://${host}:${port}/admin/socket`, {
    origin,
    localAddress,
    perMessageDeflate: false,
  });
  const ear = createEar();
  const isThere = ear.shows('quit');
  const say = (message: FromPage): void => socket.send(JSON.stringify(message));
  socket.on('message', data => {
    const message: FromServer = JSON.parse(data.toString());
    if ('output' in message) ear.hear(message.output);
  });
  await once(socket, 'open');
  say({ open: { ...size, linear: false } });
  await isThere;
  return {
    bytes: ear.bytes,
    write: keys => say({ keys }),
    press: keys => ear.timed(() => say({ keys })),
    isOpen: () => socket.readyState === socket.OPEN,
    leave: async () => {
      const closed = once(socket, 'close');
      // Without leaving the console it would wait for the page to come back.
      say({ keys: 'q' });
      await closed;
    },
  };
};
