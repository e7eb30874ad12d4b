import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from 'sqlite';
import sqlite3 from 'sqlite3';
import { expect } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { newId, timestampOf } from '../../src/store/values.ts';
import { eventually, openPty, type PtyOptions } from './pty.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
/** The built program. While others rebuild `dist`, a copy that stands still can be named here. */
const dist = process.env.LANGINFRA_TEST_DIST ?? join(repository, 'dist');
export const cli = join(dist, 'cli.js');
/**
 * How the program is started, as `npm start` does it. Without the `--` Node looks into the program's own arguments and
 * ends by itself, with code 9, where the file after --env-file does not exist
 * (https://github.com/nodejs/node/issues/54232).
 */
export const program = [process.execPath, '--max-semi-space-size=4', '--', cli] as const;

/** A password that every policy takes. */
export const good = 'correct horse battery';

type Env = Record<string, string>;
export type RunOptions = {
  /** What comes from stdin; nothing, at once, where it is not given. */
  input?: string | Buffer;
  /** Beside what this user has set; undefined takes a variable away. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** The command in place of the program. */
  command?: readonly string[];
  uid?: number;
  gid?: number;
  /** A program that waits for longer, in milliseconds, fails its test and does not outlive it. */
  timeout?: number;
};

/** How a command ended, and what it said. */
export type Outcome = { code: number | null; stdout: string; stderr: string };

/** A computer's user who has never used Langinfra: a home directory of its own, and nothing set but what is given. */
export const newcomer = (settings: Env = {}) => {
  const home = mkdtempSync(join(tmpdir(), 'langinfra-e2e-'));
  const configDir = join(home, '.local', 'share', 'langinfra');
  const database = join(configDir, 'langinfra.db');
  const env: Env = {
    HOME: home,
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    // What Node compiled stands outside of this home, so that a test sees which files the program makes.
    NODE_COMPILE_CACHE: compiled,
    // The least there may be: a hash takes a fourth of the time.
    LANGINFRA_BCRYPT_COST: '10',
    ...settings,
  };
  const servers: Server[] = [];

  const run = async (args: readonly string[], options: RunOptions = {}): Promise<Outcome> => {
    const [file = '', ...rest] = [...(options.command ?? program), ...args];
    const { uid, gid } = options;
    const child = spawn(file, rest, {
      cwd: options.cwd ?? home,
      env: { ...env, ...options.env },
      timeout: options.timeout ?? 25_000,
      killSignal: 'SIGKILL',
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', chunk => {
        said[name] += chunk;
      });
    }
    // A program that does not read its input has closed it.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    const [code] = await once(child, 'close');
    return { code, ...said };
  };

  /** Headless mode on a free port, once it listens. */
  const serve = async (
    args: readonly string[] = [],
    more: Env = {},
    command: readonly string[] = program,
  ): Promise<Server> => {
    const server = await startServer([...command, 'run', '--headless', ...args], {
      cwd: home,
      env: { ...env, ...more },
    });
    servers.push(server);
    return server;
  };

  return {
    home,
    configDir,
    database,
    env,
    run,
    serve,
    /** The program on a terminal. */
    terminal: (
      args: readonly string[] = [],
      { command = program, ...options }: Partial<PtyOptions> & { command?: readonly string[] } = {},
    ) => openPty([...command, ...args], { cwd: home, ...options, env: { ...env, ...options.env } }),
    /** `npm start` in the repository, which is installed and built, on a terminal. */
    npmStart: (args: readonly string[] = []) =>
      openPty(['npm', 'start', '--silent', '--', ...args], {
        cwd: repository,
        env: { ...env, npm_config_update_notifier: 'false' },
      }),
    /** A shell's command line on a terminal. */
    shell: (script: string) => openPty(['bash', '-c', script], { cwd: home, env }),
    /**
     * The program on a terminal, started by a shell that says on the same terminal how it ended and whether the
     * terminal's settings are as they were before.
     */
    underShell: (
      args: readonly string[],
      { command = program, ...options }: Partial<PtyOptions> & { command?: readonly string[] } = {},
    ) =>
      openPty(['bash', '-c', sayingHowItEnded([...command, ...args])], {
        cwd: home,
        ...options,
        env: { ...env, ...options.env },
      }),
    /** Adds a user who can sign in with the password `good`. */
    add: async (username: string, ...flags: string[]): Promise<void> => {
      const made = await run(['users', 'add', username, '--active', '--password-stdin', ...flags], {
        input: good,
      });
      expect(made).toMatchObject({ code: 0 });
    },
    /** Takes over the database and the secret key of somebody else. */
    copyDatabaseOf: (other: { configDir: string }): void => {
      cpSync(other.configDir, configDir, { recursive: true, preserveTimestamps: true });
      chmodSync(configDir, 0o700);
    },
    /** A file of this home, private unless a mode says otherwise. */
    file: (name: string, content: string | Buffer, mode = 0o600): string => {
      const path = join(home, name);
      mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
      writeFileSync(path, content, { mode });
      return path;
    },
    /** Rows of the database, past all rules; none where there is no database. */
    rows: <Row = Record<string, unknown>>(query: string, ...values: unknown[]): Promise<Row[]> =>
      existsSync(database) ? rowsOf<Row>(database, query, values) : Promise.resolve([]),
    /** Every file of this home with its mode and content: to see that nothing was made or changed. */
    everything: () => everythingIn(home),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map(server => server.kill()));
      rmSync(home, { recursive: true, force: true });
    },
  };
};

export const isRoot = process.getuid?.() === 0;

/**
 * A copy of the program in that home which any user of this computer may run: the repository, and Node, may stand
 * under a path that only root can enter.
 */
export const runnableByAll = ({ home }: { home: string }): { command: readonly string[] } => {
  const place = join(home, 'program');
  const node = join(place, 'node');
  cpSync(dist, join(place, 'dist'), { recursive: true });
  cpSync(process.execPath, node);
  for (const name of ['sqlite3', 'bindings', 'file-uri-to-path', 'bcrypt', 'node-gyp-build']) {
    const from = join(repository, 'node_modules', name);
    // Neither sources nor what was made on the way to the native code.
    const filter = (path: string) =>
      !/\/(deps|src|obj|obj\.target|\.deps)(\/|$)/.test(path.slice(from.length));
    cpSync(from, join(place, 'node_modules', name), { recursive: true, dereference: true, filter });
  }
  for (const name of ['', ...readdirSync(place, { recursive: true, encoding: 'utf8' })]) {
    const path = join(place, name);
    chmodSync(path, statSync(path).isDirectory() || path === node ? 0o755 : 0o644);
  }
  chmodSync(home, 0o755);
  return { command: [node, ...program.slice(1, -1), join(place, 'dist', 'cli.js')] };
};

/** What the shell of `underShell` says in the end. */
export const endedWith = (code: number) => `exit ${code}, terminal settings as before`;

const sayingHowItEnded = (command: readonly string[]): string => `
  before=$(stty -g)
  ${command.map(word => `'${word}'`).join(' ')}
  code=$?
  if [ "$(stty -g)" = "$before" ]; then settings='as before'; else settings=changed; fi
  echo "exit $code, terminal settings $settings"`;

export type Newcomer = ReturnType<typeof newcomer>;

const compiled = join(repository, 'node_modules', '.cache', 'langinfra-e2e');

/** Rows of a database file, past all rules. */
export const rowsOf = async <Row>(path: string, query: string, values: unknown[] = []): Promise<Row[]> => {
  const db = await open({ filename: path, driver: sqlite3.Database, mode: sqlite3.OPEN_READWRITE });
  try {
    db.configure('busyTimeout', 5000);
    return await db.all<Row[]>(query, values);
  } finally {
    await db.close();
  }
};

/** Adds users past the rules: as an older version or another program may have left them. */
export const insert = async (me: Newcomer, usernames: readonly string[]): Promise<void> => {
  const store = await openStore(`sqlite:///${me.database}`, { create: false });
  await store.write(async tx => {
    const now = timestampOf(new Date());
    const flags = { isActive: true, isSuperuser: false, isAutomatic: false };
    for (const username of usernames)
      await tx.users.insert({ id: newId(), username, password: '', passwordCost: 0, ...flags, now });
  });
  await store.close();
};

export const everythingIn = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .sort()
      .map(name => {
        const stats = statSync(join(directory, name), { throwIfNoEntry: false });
        const mode = ((stats?.mode ?? 0) & 0o7777).toString(8);
        const content = stats?.isFile()
          ? createHash('sha256')
              .update(readFileSync(join(directory, name)))
              .digest('hex')
          : '';
        return [name, `${mode} ${content}`];
      }),
  );

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

export type Server = Awaited<ReturnType<typeof startServer>>;

const startServer = async (command: readonly string[], options: { cwd: string; env: Env }) => {
  const port = await freePort();
  const [file = '', ...args] = [...command, '--port', String(port)];
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', chunk => {
      said[name] += chunk;
    });
  }
  const closed = once(child, 'close');
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  await eventually(() => expect(isOver() || said.stderr.includes('listening on')).toBe(true));
  expect(said.stderr).toContain('listening on');
  const url = `http://127.0.0.1:${port}`;

  const call = async (what: string, sends: { bearer?: string; json?: unknown; form?: Env } = {}) => {
    const [method = '', path = ''] = what.split(' ');
    const headers = new Headers();
    if (sends.bearer) headers.set('authorization', `Bearer ${sends.bearer}`);
    if (sends.json !== undefined) headers.set('content-type', 'application/json');
    const body =
      sends.json !== undefined
        ? JSON.stringify(sends.json)
        : sends.form
          ? new URLSearchParams(sends.form)
          : null;
    const response = await fetch(url + path, { method, headers, body });
    // biome-ignore lint/suspicious/noExplicitAny: what a client gets has no type
    return { status: response.status, body: (await response.json()) as any };
  };

  return {
    url,
    port,
    pid: child.pid ?? 0,
    said,
    call,
    login: (username: string, password = good) =>
      call('POST /api/v1/login', { form: { username, password } }),
    /** An access token of that user. */
    bearer: async (username: string, password = good): Promise<string> => {
      const { status, body } = await call('POST /api/v1/login', { form: { username, password } });
      expect(status).toBe(200);
      return body.access_token;
    },
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** Takes its log away: whoever read it is gone. */
    stopReadingLog: () => child.stderr.destroy(),
    /** The exit code, once it has ended; null where a signal ended it. */
    ended: closed.then(([code]) => code as number | null),
    kill: async () => {
      if (!isOver()) child.kill('SIGKILL');
      await closed;
    },
  };
};
