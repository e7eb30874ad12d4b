import headless from '@xterm/headless';
import { spawn } from 'node-pty';
import { expect, vi } from 'vitest';
import { argumentsOf, endProcess, processesOfSession } from './processes.ts';

const { Terminal } = headless;

export const keys = {
  up: '\x1b[A',
  down: '\x1b[B',
  enter: '\r',
  tab: '\t',
  esc: '\x1b',
  space: ' ',
  ctrl: (letter: string) => String.fromCharCode(letter.charCodeAt(0) - 96),
} as const;

export type PtyOptions = {
  cwd: string;
  env: Record<string, string>;
  columns?: number;
  rows?: number;
};

/** So long a test waits, in milliseconds: far longer than a person would, for machines that are busy. */
const patience = 15_000;

/** Waits until the check passes. As expect.poll does, but also for tests that run at the same time. */
export const eventually = <T>(check: () => T | Promise<T>, timeout = patience): Promise<T> =>
  vi.waitFor(check, { interval: 10, timeout });

/**
 * A program on a pseudo-terminal of its own, and an emulator that shows what a person would see. `await using`
 * closes the terminal and ends what still runs on it.
 */
export const openPty = ([file = '', ...args]: readonly string[], options: PtyOptions) => {
  const { cwd, env, columns = 80, rows = 24 } = options;
  const pty = spawn(file, args, { cols: columns, rows, cwd, env });
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  let bytes = '';
  let cursorShown = true;
  let over = false;
  let closed = false;

  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({ prefix: '?', final }, modes => {
      if (modes.includes(25)) cursorShown = final === 'h';
      return false;
    });
  }
  pty.onData(chunk => {
    bytes += chunk;
    terminal.write(chunk);
  });
  // What programs ask a terminal, a terminal answers.
  terminal.onData(answer => {
    if (!over && !closed) pty.write(answer);
  });
  const ended = new Promise<{ code: number; signal: number }>(resolve => {
    pty.onExit(({ exitCode, signal = 0 }) => {
      over = true;
      // The emulator reads behind: it has drawn everything by then.
      terminal.write('', () => resolve({ code: exitCode, signal }));
    });
  });

  const lines = () => {
    const { active } = terminal.buffer;
    return Array.from(
      { length: terminal.rows },
      (_, y) =>
        active
          .getLine(active.baseY + y)
          ?.translateToString()
          .trimEnd() ?? '',
    );
  };
  const screen = () => lines().join('\n').trimEnd();

  return {
    pid: pty.pid,
    /** The process of a program that a shell on this terminal has started, by its command. */
    pidOf: (command: string) =>
      processesOfSession(pty.pid).find(pid => argumentsOf(pid)[0] === command) ?? Number.NaN,
    /** What stands on the screen now. */
    screen,
    /** What stands in each cell of each line; nothing in the second one of a wide character. */
    cells: () => {
      const { active } = terminal.buffer;
      return Array.from({ length: terminal.rows }, (_, y) =>
        Array.from(
          { length: terminal.cols },
          (_, x) =>
            active
              .getLine(active.baseY + y)
              ?.getCell(x)
              ?.getChars() ?? '',
        ),
      );
    },
    /** The line that has the text in it; empty where there is none. */
    line: (text: string) => lines().find(line => line.includes(text)) ?? '',
    /** Every byte that came so far: for what must never be sent, whether a screen shows it or not. */
    bytes: () => bytes,
    /** What a program left behind on the terminal: a shell expects `normal`, a cursor and no modes. */
    leftBehind: () => ({
      screen: terminal.buffer.active.type,
      cursorShown,
      bracketedPaste: terminal.modes.bracketedPasteMode,
      mouse: terminal.modes.mouseTrackingMode,
    }),
    /** Waits until the screen shows it; of several, one below or behind the other. */
    sees: (...texts: readonly (string | RegExp)[]) =>
      eventually(() => expect(screen()).toMatch(inOrder(texts))),
    seesNot: (text: string) => eventually(() => expect(screen()).not.toContain(text)),
    /** Sends keys, all at once, as a fast typist or a script does. */
    type: (...typed: string[]) => pty.write(typed.join('')),
    resize: (size: { columns: number; rows: number }) => {
      terminal.resize(size.columns, size.rows);
      pty.resize(size.columns, size.rows);
    },
    /** Closes the terminal as one closes its window: nobody is at its other end any more. */
    closeWindow: () => {
      closed = true;
      (pty as unknown as { destroy: () => void }).destroy();
    },
    /** How the program ended, once the screen shows all it wrote. */
    ended,
    [Symbol.asyncDispose]: async () => {
      for (const pid of new Set([pty.pid, ...processesOfSession(pty.pid)])) {
        if (!over || pid !== pty.pid) endProcess(pid);
      }
      await ended;
      terminal.dispose();
    },
  };
};

export type Pty = ReturnType<typeof openPty>;

const inOrder = (texts: readonly (string | RegExp)[]): RegExp =>
  new RegExp(
    texts.map(text => (typeof text === 'string' ? escaped(text) : text.source)).join('[\\s\\S]*'),
    'm',
  );

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A terminal on which nothing is left of a full-screen program. */
export const untouched = { screen: 'normal', cursorShown: true, bracketedPaste: false, mouse: 'none' };
