import { PassThrough } from 'node:stream';
import headless, { type IBufferCell } from '@xterm/headless';
import { expect } from 'vitest';
import { openSession } from '../../src/terminals/session.tsx';
import type { TestAccounts } from './accounts.ts';

const { Terminal } = headless;

/** Where the keys of a test come from: a stream that says it is a terminal. */
class Keyboard extends PassThrough {
  readonly isTTY = true;
  setRawMode() {
    return this;
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{20000}-\u{3fffd}]/u;
const emoji = /^(?!\p{Regional_Indicator})\p{Emoji_Presentation}$/u;
const mark = /[\p{Mn}\p{Me}]/u;

/** How wide terminals of today draw a character. The emulator's own table is of 2010: an emoji took one cell then. */
const widthsOfToday = {
  version: 'today',
  wcwidth: (code: number): 0 | 1 | 2 => {
    const character = String.fromCodePoint(code);
    if (code < 32 || mark.test(character)) return 0;
    return wide.test(character) || emoji.test(character) ? 2 : 1;
  },
  /** As the emulator's own tables pack it: a mark joins the cell before it, the width stands above the lowest bit. */
  charProperties: (code: number, preceding: number): number => {
    const width = widthsOfToday.wcwidth(code);
    const before = (preceding >> 1) & 3;
    return width === 0 && before > 0 ? (before << 1) | 1 : width << 1;
  },
};

export const keys = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  home: '\x1b[H',
  end: '\x1b[F',
  enter: '\r',
  tab: '\t',
  shiftTab: '\x1b[Z',
  esc: '\x1b',
  backspace: '\x7f',
  delete: '\x1b[3~',
  ctrl: (letter: string) => String.fromCharCode(letter.charCodeAt(0) - 96),
  paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
} as const;

/** So long, in milliseconds, a test waits for what it expects: far longer than a person would, on a busy machine. */
const patience = 10_000;

const isIn = (text: string, part: string | RegExp): boolean =>
  typeof part === 'string' ? text.includes(part) : part.test(text);

export type ConsoleTestOptions = {
  columns?: number;
  rows?: number;
  notices?: readonly string[];
  overSsh?: boolean;
  envFile?: string;
  variables?: Record<string, string>;
  colourless?: boolean;
  ascii?: boolean;
  linear?: boolean;
  /** The terminal breaks what is wider than it is, where it would cut it: so that a test sees it. */
  breaksLines?: boolean;
  stop?: () => Promise<void>;
};

/** A whole console on a real terminal emulator: what a test sees is what a person would. */
export const openTestConsole = async (
  t: Pick<TestAccounts, 'accounts'>,
  options: ConsoleTestOptions = {},
) => {
  const {
    columns = 80,
    rows = 24,
    notices = [],
    overSsh = false,
    envFile,
    variables = {},
    colourless = true,
    ascii,
    linear,
    breaksLines = false,
    stop,
  } = options;
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  terminal.unicode.register(widthsOfToday);
  terminal.unicode.activeVersion = widthsOfToday.version;
  const cutLines = 7;
  terminal.parser.registerCsiHandler(
    { prefix: '?', final: 'l' },
    ([mode]) => breaksLines && mode === cutLines,
  );
  let scrolled = 0;
  terminal.onScroll(() => {
    scrolled += 1;
  });
  // The emulator calls it a scroll, too, when a program takes the other screen.
  terminal.buffer.onBufferChange(() => {
    scrolled -= 1;
  });
  // What was on its way when the size changed may scroll; then everything is cleared and drawn anew.
  const wholeScreen = 2;
  terminal.parser.registerCsiHandler({ final: 'J' }, ([part]) => {
    if (part === wholeScreen) scrolled = 0;
    return false;
  });
  const stdin = new Keyboard();
  let bytes = '';
  const session = await openSession(t.accounts, notices, {
    stdin,
    write: (chunk, done) => {
      bytes += chunk;
      terminal.write(chunk, done);
    },
    size: { columns, rows },
    overSsh,
    envFile,
    variables,
    colourless,
    ascii,
    linear,
    stop,
  });
  let outcome: { error?: Error } | undefined;
  session.ended.then(ended => {
    outcome = ended;
  });

  // The emulator keeps lines above the screen where it became smaller while the other one was shown.
  const lineAt = (y: number) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + y);
  const lines = () =>
    Array.from({ length: terminal.rows }, (_, y) => lineAt(y)?.translateToString(true) ?? '');
  const screen = () => lines().join('\n').trimEnd();
  const cellsOf = (y: number) => {
    const line = lineAt(y);
    return Array.from({ length: terminal.cols }, (_, x) => line?.getCell(x)).filter(
      cell => cell !== undefined,
    );
  };
  /** Waits until it is so, or for too long: looks after each frame, which costs less than looking all the time. */
  const drawn = (isSo: () => boolean) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (isSo()) stop();
      };
      const stop = () => {
        clearTimeout(late);
        frames.dispose();
        resolve();
      };
      const late = setTimeout(stop, patience);
      const frames = terminal.onWriteParsed(look);
      look();
    });
  const textsWhere = (isSo: (cell: IBufferCell) => boolean) =>
    lines().flatMap((_, y) => {
      // The second cell of a wide character has none of its own.
      const chars = cellsOf(y).map(cell =>
        isSo(cell) ? cell.getChars() || ' '.repeat(cell.getWidth()) : '\n',
      );
      return chars.join('').split(/\n+/).filter(Boolean);
    });
  const lineWith = (text: string) => lines().findIndex(line => line.includes(text));

  return {
    session,
    terminal,
    screen,
    lines,
    /** The line that has the text in it; empty where there is none. */
    line: (text: string) => lines()[lineWith(text)] ?? '',
    /** In which cells of the line with that text, or of that number, a character stands: its columns for a person. */
    columnsOf: (textOrLine: string | number, character: string) => {
      const y = typeof textOrLine === 'number' ? textOrLine : lineWith(textOrLine);
      return cellsOf(y).flatMap((cell, x) => (cell.getChars() === character ? [x] : []));
    },
    /** What is drawn inverse, line by line: what is chosen, and the caret. */
    inverse: () => textsWhere(cell => cell.isInverse() !== 0),
    underlined: () => textsWhere(cell => cell.isUnderline() !== 0),
    /** What was sent to the clipboard of the terminal last. */
    copied: () =>
      Buffer.from([...bytes.matchAll(/\x1b\]52;c;([\w+/=]*)\x07/g)].at(-1)?.[1] ?? '', 'base64').toString(),
    /**
     * What is wrong with what stands there: a frame fills the terminal, and nothing is scrolled away, wrapped or wider
     * than its line.
     */
    faults: (first = /^ Langinf/, last = /(quit|choose|sign in|the opposite|command|help|esc [\w ]+)$/) => {
      const found: string[] = [];
      if (terminal.buffer.active.type !== 'alternate') found.push('the console is not on the screen');
      if (scrolled > 0) found.push('scrolled');
      if (lines().some((_, y) => lineAt(y)?.isWrapped)) found.push('wrapped');
      if (!first.test(lines()[0] ?? '')) found.push(`first line: ${lines()[0]}`);
      if (!last.test(lines().at(-1) ?? '')) found.push(`last line: ${lines().at(-1)}`);
      return found;
    },
    /** Everything that was sent to the terminal so far. */
    bytes: () => bytes,
    /** How the console ended; undefined while it runs. */
    outcome: () => outcome,
    /** Sends keys in one read, as a slow line or a script does. */
    burst: (...typed: string[]) => void stdin.write(typed.join('')),
    /** Sends keys one after the other, each in a read of its own. */
    press: async (...typed: string[]) => {
      for (const key of typed) {
        stdin.write(key);
        // A lone ESC is held back for 20 ms: it could be the beginning of a longer sequence.
        await new Promise(resolve => (key === keys.esc ? setTimeout(resolve, 25) : setImmediate(resolve)));
      }
    },
    resize: (size: { columns: number; rows: number }) => {
      terminal.resize(size.columns, size.rows);
      session.resize(size);
    },
    /** Waits until something is as expected: `await ui.until(ui.outcome).toBeDefined()`. */
    until: <T,>(get: () => T | Promise<T>) => expect.poll(get, { interval: 5, timeout: patience }),
    /** Waits until the screen shows it. */
    sees: async (text: string | RegExp) => {
      await drawn(() => isIn(screen(), text));
      expect(screen()).toMatch(text);
    },
    /** Waits until the screen does not show it any more. */
    seesNot: async (text: string | RegExp) => {
      await drawn(() => !isIn(screen(), text));
      expect(screen()).not.toMatch(text);
    },
    [Symbol.asyncDispose]: async () => {
      session.quit();
      await session.ended;
      terminal.dispose();
    },
  };
};

export type TestConsole = Awaited<ReturnType<typeof openTestConsole>>;

/** Signs in on the login screen. */
export const signInAs = async (ui: TestConsole, username: string, password: string): Promise<void> => {
  await ui.sees('Sign in');
  // After a session has ended by itself, what is typed is left out for a moment.
  await ui.seesNot('One moment');
  ui.burst(username, keys.enter);
  // Where the console is said, both at once would be a paste.
  await ui.sees('Password');
  ui.burst(password, keys.enter);
};
