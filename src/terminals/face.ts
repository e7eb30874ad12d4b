import type { Writable } from 'node:stream';
import type { Console } from '../screens/console.ts';
import type { Size } from '../screens/layer.ts';

/** How a console shows itself on its terminal: drawn on the whole screen, or said line by line. */
export type Face = {
  /** Shows it. Resolves when it is there. */
  open: (console: Console) => Promise<void>;
  /** Sends bytes that show nothing; undefined where the terminal should get text only. */
  send: ((bytes: string) => void) | undefined;
  /** Shows everything again: something else may have written on the screen. */
  redraw: () => void;
  /** Runs what stops the process, on the terminal as a shell wants it. */
  away: (stop: () => Promise<void>) => Promise<void>;
  resize: (size: Size) => void;
  /** Gives the terminal back. */
  close: () => Promise<void>;
};

export type FaceOptions = {
  /** Where the keys come from. */
  stdin: NodeJS.ReadableStream;
  /** Where the bytes go to. */
  out: Writable;
  size: Size;
  ascii: boolean;
  /** Called when it has ended by itself, with the error that ended it. */
  ended: (error?: Error) => void;
};
