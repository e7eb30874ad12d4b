import headless from '@xterm/headless';
import { expect } from 'vitest';
import WebSocket from 'ws';
import type { FromPage, FromServer, Opening } from '../../src/terminals/browser-messages.ts';

export type Connecting = {
  headers?: Record<string, string>;
  /** The origin of the page that connects; that of the server where it is not given. */
  origin?: string | undefined;
  /** Whether it answers when it is asked whether it is there. */
  autoPong?: boolean;
};

/** Asks for the connection of a page; the HTTP status of the answer, which is 101 where it gets one. */
export const statusOf = (url: string, { headers, ...connecting }: Connecting = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect(url, { ...connecting, ...(headers && { headers }) });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    socket.on('error', reject);
  });

const connect = (url: string, { headers = {}, autoPong = true, ...more }: Connecting): WebSocket => {
  const origin = 'origin' in more ? more.origin : url;
  return new WebSocket(`${url.replace('http', 'ws')}/admin/socket`, {
    ...(origin !== undefined && { origin }),
    headers,
    autoPong,
    perMessageDeflate: false,
  });
};

export const usualSize = { columns: 80, rows: 24 };

/** What a page is to the server: a connection, and a terminal behind it. */
export const openPageSocket = async (url: string, connecting: Connecting = {}) => {
  const terminal = new headless.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  const socket = connect(url, connecting);
  const tokens: string[] = [];
  const closed = new Promise<{ code: number; reason: string }>(resolve =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  socket.on('error', () => {});
  socket.on('message', data => {
    const message: FromServer = JSON.parse(data.toString());
    if ('token' in message) tokens.push(message.token);
    if ('output' in message) terminal.write(message.output);
  });
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  const screen = (): string =>
    Array.from({ length: 24 }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  const say = (message: FromPage): void => socket.send(JSON.stringify(message));
  return {
    socket,
    terminal,
    screen,
    say,
    /** Begins, with a console of its own or the one of a token. */
    open: (opening: Partial<Opening> = {}): void =>
      say({ open: { ...usualSize, linear: false, ...opening } }),
    type: (keys: string): void => say({ keys }),
    sees: (text: string | RegExp) => expect.poll(screen, { interval: 5, timeout: 10_000 }).toMatch(text),
    /** The token that was given last, once there is one. */
    token: async (): Promise<string> => {
      await expect.poll(() => tokens.length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
      return tokens.at(-1) ?? '';
    },
    /** How the server ended it. */
    closed,
    /** Is gone, as where the network is. */
    cut: () => socket.terminate(),
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
      terminal.dispose();
    },
  };
};
