import { render } from 'ink';
import { App } from '../screens/app.tsx';
import type { Console } from '../screens/console.ts';
import { SymbolsContext, symbolsOf } from '../screens/symbols.ts';
import type { Face, FaceOptions } from './face.ts';
import type { TtyOut } from './tty.ts';

const clearScreen = '\x1b[2J\x1b[H';
/**
 * What is wider than the terminal is cut at its edge (DECAWM off), where it would push everything down by a line: a
 * terminal may draw a name wider than we count it.
 */
const cutLines = '\x1b[?7l';
const wrapLines = '\x1b[?7h';
/**
 * Input is drawn at once, at the leading edge. The next frame waits for as long as this says: at sixty, the matches of a
 * letter that has just been drawn would be seen 17 ms later than they are there.
 */
const framesPerSecond = 250;

/** React draws what has changed in a microtask; Ink hears of it after that. */
const afterReact = (work: () => void): void => void setImmediate(work);

/** A console on the whole screen of its terminal. */
export const createDrawn = ({ stdin, out, ascii, ended }: FaceOptions & { out: TtyOut }): Face => {
  let app: ReturnType<typeof render> | undefined;
  let shown: Console | undefined;
  const clear = (): void => {
    app?.clear();
    out.write(clearScreen);
  };
  return {
    open: async console => {
      shown = console;
      out.write(cutLines);
      const screens = (
        <SymbolsContext value={symbolsOf(ascii)}>
          <App console={console} />
        </SymbolsContext>
      );
      app = render(screens, {
        stdin,
        stdout: out,
        stderr: out,
        interactive: true,
        alternateScreen: true,
        incrementalRendering: true,
        exitOnCtrlC: false,
        // The originals of `console` are kept in one variable for all instances of Ink.
        patchConsole: false,
        maxFps: framesPerSecond,
        // Its own mode erases and writes everything for each key; linear.ts is ours.
        isScreenReaderEnabled: false,
      });
      app.waitUntilExit().then(() => ended(), ended);
      await app.waitUntilRenderFlush();
    },
    send: bytes => void out.write(bytes),
    /** Forgets what is on the screen and draws it whole. */
    redraw: () => {
      clear();
      afterReact(() => out.emit('resize'));
    },
    away: async stop => {
      out.write(wrapLines);
      await stop();
      out.write(cutLines);
    },
    resize: size => {
      clear();
      ({ columns: out.columns, rows: out.rows } = size);
      shown?.size.set(size);
      afterReact(() => out.emit('resize'));
    },
    close: async () => {
      app?.unmount();
      // It has been told already what ended it.
      await app?.waitUntilExit().catch(() => {});
      out.write(wrapLines);
    },
  };
};
