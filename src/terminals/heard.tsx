import { render } from 'ink';
import { Keys } from '../screens/app.tsx';
import { createLinear, type Linear } from '../screens/linear.ts';
import type { Face, FaceOptions } from './face.ts';
import { TtyOut } from './tty.ts';

/**
 * A console as lines of text, which a screen reader reads and a terminal without a cursor to place can show. Ink reads
 * the keys; what it would draw, and what it would tell the terminal, goes nowhere.
 */
export const createHeard = ({ stdin, out, size, ended }: FaceOptions): Face => {
  let app: ReturnType<typeof render> | undefined;
  let linear: Linear | undefined;
  let isAway = false;
  // No terminal to Ink: it would show its cursor again when the process ends, wherever that is.
  const stdout = new TtyOut(size, (_, done) => done(), false);
  return {
    open: async console => {
      app = render(<Keys console={console} />, {
        stdin,
        stdout,
        interactive: true,
        exitOnCtrlC: false,
        patchConsole: false,
        isScreenReaderEnabled: false,
      });
      app.waitUntilExit().then(() => ended(), ended);
      await app.waitUntilRenderFlush();
      linear = createLinear(console, text => void out.write(text));
    },
    send: undefined,
    redraw: () => {
      // The signal that continues the process asks for it, and so does the end of the stop.
      if (!isAway) linear?.repeat();
    },
    away: async stop => {
      linear?.endLine();
      isAway = true;
      await stop();
      isAway = false;
    },
    // A line is as long as it has to be: the terminal wraps it.
    resize: () => {},
    close: async () => {
      linear?.close();
      app?.unmount();
      await app?.waitUntilExit().catch(() => {});
    },
  };
};
