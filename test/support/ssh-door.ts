import headless from '@xterm/headless';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { expect } from 'vitest';
import { createRemoteCommands } from '../../src/commands/remote.ts';
import { createSessions, type SessionLimits } from '../../src/terminals/sessions.ts';
import { openHostKey } from '../../src/terminals/ssh/host-key.ts';
import { listenSsh, type SshNeeds } from '../../src/terminals/ssh/listen.ts';
import type { World } from '../../src/world.ts';
import { type OpenOptions, openAccounts, temporaryDirectory, usual } from './accounts.ts';

const { Terminal } = headless;

export type DoorOptions = OpenOptions & {
  limits?: SshNeeds['limits'];
  sessionLimits?: SessionLimits;
  runCommand?: SshNeeds['runCommand'];
  /** Called with each line of the log before it is kept. */
  onLog?: (line: string) => void;
};

/** The SSH door on a new database with root (a superuser) and ada. `await using` closes and removes everything. */
export const openDoor = async (options: DoorOptions = {}) => {
  const t = await openAccounts(options);
  const directory = temporaryDirectory();
  const root = await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada');
  const lines: string[] = [];
  const sessions = createSessions(options.sessionLimits);
  const hostKey = await openHostKey(directory.path);
  const door = await listenSsh({
    accounts: t.accounts,
    sessions,
    hostKey,
    runCommand: options.runCommand ?? (async () => 0),
    host: '127.0.0.1',
    port: 0,
    logLevel: 'info',
    log: {
      write: line => {
        options.onLog?.(line);
        lines.push(line);
      },
    },
    ...(options.limits && { limits: options.limits }),
  });
  const port = Number(door.address.split(':').at(-1));
  const clients: Client[] = [];
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await door.close();
  };

  /** A client that has signed in; rejects where it is refused. */
  const connect = (config: ConnectConfig = {}): Promise<Client> =>
    new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      clients.push(client);
      client.on('ready', () => resolve(client));
      client.on('error', reject);
      client.on('close', () => reject(new Error('closed')));
      client.connect({ host: '127.0.0.1', port, username: 'root', password: usual, ...config });
    });

  return {
    ...t,
    root,
    ada,
    sessions,
    hostKey,
    port,
    close,
    connect,
    /** The lines of the log, parsed. */
    logged: () => lines.map(line => JSON.parse(line) as Record<string, unknown>),
    log: () => lines.join(''),
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.destroy();
      await close();
      directory[Symbol.dispose]();
      await t[Symbol.asyncDispose]();
    },
  };
};

/** A door whose commands are the program's own. */
export const openWithCommands = async () => {
  const held: { run?: SshNeeds['runCommand'] } = {};
  const door = await openDoor({
    runCommand: call => held.run?.(call) ?? Promise.resolve(1),
    sessionLimits: { inAll: 50, ofOne: 50 },
  });
  const { accounts, store, settings, sealing } = door;
  // A World but for its settings, which no command here looks at.
  const world = { accounts, store, sealing, settings, superuser: undefined } as unknown as World;
  held.run = createRemoteCommands(world, '1.2.3');
  return door;
};

export type TestDoor = Awaited<ReturnType<typeof openDoor>>;

/** How a channel ended, and what came of it. */
export const outcomeOf = (
  channel: ClientChannel,
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise(resolve => {
    const said = { stdout: '', stderr: '' };
    let code: number | null = null;
    channel.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
    });
    channel.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    channel.on('exit', (status: number | null) => {
      code = status;
    });
    channel.on('close', () => resolve({ code, ...said }));
  });

type Opened = Error | undefined;
type Opening = (opened: (error: Opened, channel: ClientChannel) => void) => unknown;

/** A channel, listened to before anything can be missed. */
export const openChannel = (open: Opening, input?: string, onData: (text: string) => void = () => {}) =>
  new Promise<{ channel: ClientChannel; outcome: ReturnType<typeof outcomeOf> }>((resolve, reject) =>
    open((error, channel) => {
      if (error) return reject(error);
      if (input !== undefined) channel.end(input);
      channel.on('data', onData);
      resolve({ channel, outcome: outcomeOf(channel) });
    }),
  );

/** The console of a client, on a terminal that shows what a person would see. */
export const openShell = async (
  client: Client,
  size = { columns: 80, rows: 24 },
  term = 'xterm-256color',
) => {
  const terminal = new Terminal({
    cols: size.columns || 80,
    rows: size.rows || 24,
    allowProposedApi: true,
  });
  let bytes = '';
  const { channel, outcome } = await openChannel(
    opened => client.shell({ cols: size.columns, rows: size.rows, term }, opened),
    undefined,
    text => {
      bytes += text;
      terminal.write(text);
    },
  );
  let over: { code: number | null } | undefined;
  outcome.then(ended => {
    over = ended;
  });
  const screen = (): string =>
    Array.from(
      { length: terminal.rows },
      (_, y) =>
        terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)?.translateToString(true) ?? '',
    )
      .join('\n')
      .trimEnd();
  return {
    channel,
    terminal,
    screen,
    bytes: () => bytes,
    type: (...keys: string[]) => void channel.write(keys.join('')),
    sees: (text: string | RegExp) => expect.poll(screen, { interval: 5, timeout: 10_000 }).toMatch(text),
    /** Waits until it has ended, and gives the exit status. */
    code: async () => {
      await expect.poll(() => over, { interval: 5, timeout: 10_000 }).toBeDefined();
      return over?.code;
    },
  };
};

/** A command without a terminal. */
export const exec = async (client: Client, command: string, input = '') => {
  const { outcome } = await openChannel(opened => client.exec(command, opened), input);
  return outcome;
};

/** Sends more on a channel than the server allows. */
export const sendTooMuch = (client: Client, channel: ClientChannel): void => {
  // ssh2's client would wait where it is allowed no more.
  const { _protocol: protocol } = client as unknown as {
    _protocol: { channelData: (channel: number, data: Buffer) => void };
  };
  const { outgoing } = channel as unknown as { outgoing: { id: number } };
  // Of a length that does not end where the window does; that is 2 MiB, and once more as much while it is read.
  const keys = Buffer.alloc(30_000, 'x');
  for (let sent = 0; sent < 8_000_000; sent += keys.length) protocol.channelData(outgoing.id, keys);
};
