import { setImmediate, setTimeout } from 'node:timers/promises';
import chalk from 'chalk';
import type { Accounts } from '../accounts/accounts.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import type { ConsoleOrigin } from '../screens/console.ts';
import { leastSize, type Size } from '../screens/layer.ts';
import type { Derived } from '../screens/observable.ts';
import { openConsole } from '../screens/open-console.tsx';
import type { SshPlace } from '../screens/ssh-place.ts';
import { createDrawn } from './drawn.tsx';
import { createHeard } from './heard.tsx';
import { createOutlet } from './outlet.ts';
import { drawable, TtyOut, withoutColour } from './tty.ts';

/** Where the keys of a console come from and its bytes go to. */
export type Wire = {
  stdin: NodeJS.ReadableStream;
  /** Hands bytes on, without waiting; `done` when the terminal has taken them. */
  write: (chunk: string, done: () => void) => void;
  size: Partial<Size>;
  /** Whether the terminal came over an SSH server. */
  overSsh: boolean;
  /** The env file of the settings, for the commands that are shown. */
  envFile?: string | undefined;
  /** The variables that name the database where no file does, for the commands that are shown. */
  variables?: Readonly<Record<string, string>>;
  /** Where its client has reached the SSH door, for the commands that are shown. */
  ssh?: SshPlace | undefined;
  /** Whether the terminal gets no colours; where it is not said, what chalk has found out or was told. */
  colourless?: boolean | undefined;
  /** Whether the screens are drawn in ASCII only. */
  ascii?: boolean | undefined;
  /** Whether the console is said line by line, and draws nothing. */
  linear?: boolean | undefined;
  /** Stops the process until `fg`, while the terminal is given back; undefined where nobody could bring it back. */
  stop?: (() => Promise<void>) | undefined;
  /** The door, and where whoever came in through it is; undefined for a terminal of this computer. */
  from?: ConsoleOrigin | undefined;
  /** Who has signed in already, at the door. */
  signedIn?: SignedIn | undefined;
  /** Whether a terminal that is too far behind is given up; else frames are left out for it until it has caught up. */
  isDroppedBehind?: boolean | undefined;
};

export type TerminalSession = {
  /**
   * Resolves when the console has ended and its terminal is as it was before; with the error that ended it, which is a
   * Refusal where that is the reason and nothing broke.
   */
  ended: Promise<{ error?: Error }>;
  resize: (size: Partial<Size>) => void;
  /** Draws everything again: something else may have written on the screen. */
  redraw: () => void;
  /** Shows a sentence that a person should read. */
  notify: (notice: string) => void;
  /** Locks it where somebody with a password is signed in. */
  lock: () => void;
  quit: () => void;
  fail: (error: Error) => void;
  /** Ends it without another byte: the terminal is gone, or nobody reads there. */
  drop: () => void;
  /** How many keys wait for what the ones before them have begun. */
  backlog: () => number;
  /** Who is signed in. */
  signedIn: Derived<SignedIn | undefined>;
};

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
  const drop = (reason?: Error): void => {
    outlet.giveUp();
    end(reason);
  };
  const fellBehind = (): void => drop(new Refusal('fell_behind'));
  const outlet = createOutlet(wire.write, () => face.redraw(), wire.isDroppedBehind ? fellBehind : undefined);
  const out = new TtyOut(drawable(wire.size), (chunk, done) => {
    outlet.send(colourless ? withoutColour(chunk) : chunk);
    done();
  });
  const ending = Promise.withResolvers<{ error?: Error }>();
  const end = (error?: Error): void => ending.resolve(error ? { error } : {});
  const { linear = false, ascii = false, stop } = wire;
  // Lines can be read on a terminal of any size, with a braille display for instance.
  const size = linear ? leastSize : drawable(wire.size);
  const face = (linear ? createHeard : createDrawn)({
    stdin: wire.stdin,
    out,
    size,
    ascii,
    ended: end,
  });
  const { console, start, notify, wake, close } = openConsole({
    accounts,
    notices,
    size,
    signedIn: wire.signedIn,
    host: {
      send: face.send,
      redraw: face.redraw,
      // What is not on its way when the process stops would come after fg.
      stop: stop && (() => face.away(() => outlet.taken().then(stop)).then(wakeUp)),
      overSsh: wire.overSsh,
      envFile: wire.envFile,
      variables: wire.variables ?? {},
      ssh: wire.ssh,
      from: wire.from,
      quit: end,
    },
  });

  /** What has to be hidden by now is so before anything is drawn again. */
  const wakeUp = (): Promise<void> => {
    wake();
    return setImmediate();
  };

  try {
    await start();
    await face.open(console);
  } catch (error) {
    await face.close();
    await close();
    throw error;
  }
  const leave = async (): Promise<void> => {
    outlet.keepAll();
    await face.close();
    // Whether or not anybody reads that, the session is over.
    await Promise.all([close(), outlet.taken()]);
  };

  return {
    ended: ending.promise.then(async outcome => {
      await Promise.race([leave(), setTimeout(patience, undefined, { ref: false })]);
      return outcome;
    }),
    resize: size => face.resize(drawable(size)),
    redraw: () => {
      wake();
      face.redraw();
    },
    notify,
    lock: console.lock,
    quit: () => end(),
    fail: end,
    drop: () => drop(),
    backlog: console.backlog,
    signedIn: console.signedIn,
  };
};
