import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import headless from '@xterm/headless';
import pty from 'node-pty';

export const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');

/** The program as its first line and `npm start` start it: Node's own options, then the file. */
export const program = [
  ...(/ node (.*)/.exec(readFileSync(cli, 'utf8').split('\n', 1)[0] ?? '')?.[1]?.split(' ') ?? []),
  cli,
];

/** A config directory of its own; the compile cache is the user's, as it is in real life. */
export const workplace = () => {
  const directory = mkdtempSync(join(tmpdir(), 'langinfra-bench-'));
  return {
    directory,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? directory,
      TERM: 'xterm-256color',
      LANGINFRA_CONFIG_DIR: directory,
    } as Record<string, string>,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
};

/** Resident memory of a process, in MiB. */
export const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** The CPU time of a process until now, all its threads together, in seconds; with that of its children that have ended. */
export const cpuSeconds = (pid: number, { withChildren = false } = {}): number => {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const times = fields.split(' ').slice(11, withChildren ? 15 : 13);
  // Linux tells it in hundredths.
  return times.reduce((sum, time) => sum + Number(time), 0) / 100;
};

/** The milliseconds a command takes from its start to its end. */
export const runtime = (
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { env, stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', () => resolve(performance.now() - started));
  });

/** A program on a pseudo-terminal. */
export const onTerminal = (
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  size: { cols: number; rows: number },
) => {
  const started = performance.now();
  const program = pty.spawn(command, [...args], { ...size, env });
  const terminal = new headless.Terminal({ ...size, allowProposedApi: true });
  const lines = (): string[] =>
    Array.from(
      { length: size.rows },
      (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '',
    );
  let text = '';
  let lastAt = started;
  let bytes = 0;
  const waiting = new Set<() => void>();
  /** What the emulator has not read: it would take time from the program, so it reads only where somebody looks. */
  let held = '';
  let looking: ((cameAt: number) => void) | undefined;
  program.onData(data => {
    text += data;
    bytes += Buffer.byteLength(data);
    lastAt = performance.now();
    if (!looking) held += data;
    for (const check of waiting) check();
    if (!looking) return;
    // The emulator draws behind: what counts is when the bytes came that have drawn it.
    const [cameAt, look] = [lastAt, looking];
    terminal.write(held + data, () => look(cameAt));
    held = '';
  });
  const ended = new Promise<void>(resolve => program.onExit(() => resolve()));
  /** Milliseconds from the start of the program until it has shown the text. */
  const shows = (wanted: string | RegExp): Promise<number> =>
    new Promise(resolve => {
      const check = () => {
        if (typeof wanted === 'string' ? !text.includes(wanted) : !wanted.test(text)) return;
        waiting.delete(check);
        resolve(performance.now() - started);
      };
      waiting.add(check);
      check();
    });
  /** Waits until nothing has come for so many milliseconds. */
  const quiet = (milliseconds: number): Promise<void> =>
    new Promise(resolve => {
      const check = () => {
        const rest = lastAt + milliseconds - performance.now();
        if (rest <= 0) resolve();
        else setTimeout(check, rest);
      };
      setTimeout(check, milliseconds);
    });
  return {
    pid: program.pid,
    shows,
    quiet,
    write: (keys: string) => program.write(keys),
    /** From a key until the last byte of what it changes on the screen, in milliseconds; and how many bytes that was. */
    press: async (keys: string): Promise<{ milliseconds: number; bytes: number }> => {
      const before = bytes;
      const pressed = performance.now();
      lastAt = pressed;
      program.write(keys);
      await quiet(60);
      return { milliseconds: lastAt - pressed, bytes: bytes - before };
    },
    /**
     * From a key until the first bytes that come, and until the screen is as wanted, in milliseconds. It must not be so
     * before.
     */
    pressUntil: async (
      keys: string,
      isSo: (lines: readonly string[]) => boolean,
    ): Promise<{ first: number; all: number }> => {
      let first = Number.NaN;
      const all = await new Promise<number>(resolve => {
        const pressed = performance.now();
        looking = cameAt => {
          if (Number.isNaN(first)) first = cameAt - pressed;
          if (isSo(lines())) resolve(cameAt - pressed);
        };
        program.write(keys);
      });
      await quiet(200);
      looking = undefined;
      return { first, all };
    },
    /** Leaves the program by its own key, as people do: what Node has compiled is kept for the next start. */
    quit: async (key: string) => {
      program.write(key);
      await ended;
    },
    end: async () => {
      program.kill('SIGKILL');
      await ended;
    },
  };
};
