import { setTimeout } from 'node:timers/promises';
import chalk from 'chalk';
import { render } from 'ink';
import type { Accounts } from '../accounts/accounts.ts';
import { App } from '../screens/app.tsx';
import type { Size } from '../screens/layer.ts';
import { openConsole } from '../screens/open-console.tsx';
import { SymbolsContext, symbolsOf } from '../screens/symbols.ts';
import { drawable, TtyOut, withoutColour } from './tty.ts';

/** Where the keys of a console come from and its bytes go to. */
export type Wire = {
  stdin: NodeJS.ReadableStream;
  /** Hands bytes on; `done` when the next ones may come. */
  write: (chunk: string, done: () => void) => void;
  size: Partial<Size>;
  /** Whether the terminal came over an SSH server. */
  overSsh: boolean;
  /** The env file of the settings, for the commands that are shown. */
  envFile?: string | undefined;
  /** Whether the terminal gets no colours; where it is not said, what chalk has found out or was told. */
  colourless?: boolean | undefined;
  /** Whether the screens are drawn in ASCII only. */
  ascii?: boolean | undefined;
  /** Stops the process until `fg`, while the terminal is given back; undefined where nobody could bring it back. */
  stop?: (() => Promise<void>) | undefined;
};

export type TerminalSession = {
  /** Resolves when the console has ended and its terminal is as it was before; with the error that ended it. */
  ended: Promise<{ error?: Error }>;
  resize: (size: Partial<Size>) => void;
  /** Draws everything again: something else may have written on the screen. */
  redraw: () => void;
  /** Shows a sentence that a person should read. */
  notify: (notice: string) => void;
  quit: () => void;
  fail: (error: Error) => void;
};

const clearScreen = '\x1b[2J\x1b[H';
/**
 * What is wider than the terminal is cut at its edge (DECAWM off), where it would push everything down by a line: a
 * terminal may draw a name wider than we count it.
 */
const cutLines = '\x1b[?7l';
const wrapLines = '\x1b[?7h';
/** Input is drawn at once, at the leading edge; more frames than this nobody sees. */
const framesPerSecond = 60;
/** So long, in milliseconds, a console may take to leave its terminal in order; one that nobody reads never would. */
const patience = 2000;

/** One console on one terminal. Resolves when its first frame is drawn. */
export const openSession = async (
  accounts: Accounts,
  notices: readonly string[],
  wire: Wire,
): Promise<TerminalSession> => {
  // At level 0 chalk leaves out inverse and bold too, and nobody would see what is chosen. So it always draws in
  // colour, and a terminal without colour has them taken out of its bytes.
  const { colourless = chalk.level === 0 } = wire;
  if (chalk.level === 0) chalk.level = 1;
  const stdout = new TtyOut(drawable(wire.size), (chunk, done) =>
    wire.write(colourless ? withoutColour(chunk) : chunk, done),
  );
  let app: ReturnType<typeof render> | undefined;
  const ending = Promise.withResolvers<{ error?: Error }>();

  /** Forgets what is on the screen and draws it whole: something else may have written there. */
  const redraw = (): void => {
    app?.clear();
    stdout.write(clearScreen);
    stdout.emit('resize');
  };
  const { stop } = wire;
  const { console, start, notify, close } = openConsole({
    accounts,
    notices,
    size: drawable(wire.size),
    host: {
      send: bytes => void stdout.write(bytes),
      redraw,
      stop:
        stop &&
        (async () => {
          stdout.write(wrapLines);
          await stop();
          stdout.write(cutLines);
        }),
      overSsh: wire.overSsh,
      envFile: wire.envFile,
      quit: error => {
        ending.resolve(error ? { error } : {});
      },
    },
  });

  await start();
  stdout.write(cutLines);
  const screens = (
    <SymbolsContext value={symbolsOf(wire.ascii ?? false)}>
      <App console={console} />
    </SymbolsContext>
  );
  app = render(screens, {
    stdin: wire.stdin,
    stdout,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    // The originals of `console` are kept in one variable for all instances of Ink.
    patchConsole: false,
    maxFps: framesPerSecond,
  });
  app.waitUntilExit().then(
    () => ending.resolve({}),
    (error: Error) => ending.resolve({ error }),
  );
  await app.waitUntilRenderFlush();

  const leave = async (): Promise<void> => {
    app.unmount();
    // It has been told already what ended it.
    await app.waitUntilExit().catch(() => {});
    stdout.write(wrapLines);
    await close();
  };

  return {
    ended: ending.promise.then(async outcome => {
      await Promise.race([leave(), setTimeout(patience, undefined, { ref: false })]);
      return outcome;
    }),
    resize: size => {
      const next = drawable(size);
      app.clear();
      stdout.write(clearScreen);
      ({ columns: stdout.columns, rows: stdout.rows } = next);
      console.size.set(next);
      // React draws the new size in a microtask; Ink hears of it after that.
      setImmediate(() => stdout.emit('resize'));
    },
    redraw,
    notify,
    quit: () => ending.resolve({}),
    fail: error => ending.resolve({ error }),
  };
};
