import type { EventEmitter } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import chalk from 'chalk';
import type { Accounts } from '../accounts/accounts.ts';
import type { Surroundings } from '../settings.ts';
import { openSession } from './session.tsx';

export type LocalConsoleOptions = {
  accounts: Accounts;
  notices: readonly string[];
  surroundings: Surroundings;
  envFile: string | undefined;
  variables: Readonly<Record<string, string>>;
  /** Draws in ASCII only, whatever the terminal could do. */
  ascii: boolean;
  /** Says the console line by line, and draws nothing. */
  linear: boolean;
  /** Asked once the first frame is drawn, so that it does not wait for it; gives a further notice. */
  lateNotice: () => Promise<string | undefined>;
};

/**
 * The console on the terminal of this process. Resolves when it was left, in whatever way, and the terminal is as it
 * was; rejects with the error that ended it.
 */
export const runLocalConsole = async (options: LocalConsoleOptions): Promise<void> => {
  const { stdin, stdout, stderr } = process;
  if (options.surroundings.colourless) chalk.level = 0;
  // Ink would do it a moment after the first frame: keys that come before that are echoed onto it, and a ctrl-z stops
  // the process with the screen still taken. Node sets it back when the process ends, whatever happens.
  stdin.setRawMode(true);
  neverWaitFor(stdout, '/dev/stdout');
  // Ink shows the cursor by it when the process ends.
  neverWaitFor(stderr, '/dev/stderr');
  const opening = openSession(options.accounts, options.notices, {
    stdin,
    write: (chunk, done) => void stdout.write(chunk, done),
    size: stdout,
    overSsh: options.surroundings.overSsh,
    envFile: options.envFile,
    variables: options.variables,
    ascii: options.ascii || options.surroundings.ascii,
    linear: options.linear,
    stop: canComeBack() ? stopUntilContinued : undefined,
  });
  // Kill, a closed window or a dropped connection: leave in order, also where it comes with the first frame. Ink leaves
  // signals alone that have a handler. They are handled to the very end: a window that closes often says so twice, and
  // the second one would cut the end short.
  const quit = (): void => void opening.then(session => session.quit(), ignore);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) on(process, signal, quit);
  const session = await opening;
  const stops = [
    on(process, 'uncaughtException', session.fail),
    on(process, 'unhandledRejection', session.fail),
    on(stdout, 'resize', () => session.resize(stdout)),
    on(process, 'SIGCONT', () => {
      // After a stop from outside (kill -TSTP) the shell has made the terminal its own, and written on our screen. Node
      // believes that it is raw still.
      stdin.setRawMode(false);
      stdin.setRawMode(true);
      session.redraw();
    }),
    // The terminal is gone without a signal: its pty was closed.
    on(stdin, 'end', session.quit),
    on(stdin, 'error', session.quit),
    on(stdout, 'error', session.quit),
  ];
  options.lateNotice().then(notice => notice && session.notify(notice), session.fail);
  const { error } = await session.ended;
  for (const stop of stops) stop();
  if (error) throw error;
};

/**
 * Node writes to a terminal synchronously. One that does not read would stop the whole process, wherever it is: in the
 * middle of a transaction that keeps the database from everybody else, and deaf to every signal.
 */
const neverWaitFor = (stream: NodeJS.WriteStream, path: string): void => {
  if (!stream.isTTY) return;
  try {
    // The terminal of another user (su) cannot be opened anew: it is the shell's too, which wants it as it is.
    accessSync(path, constants.W_OK);
  } catch {
    return;
  }
  // Node has no other word for it.
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (on: boolean) => void } };
  handle?.setBlocking?.(false);
};

/** Whoever awaits it hears of it. */
const ignore = (): void => {};

const on = (source: EventEmitter, event: string, handler: (...args: never[]) => void): (() => void) => {
  source.on(event, handler as () => void);
  return () => source.off(event, handler as () => void);
};

/**
 * Whether a shell would bring a stopped process back. Where the process group is the session's own, as under an SSH
 * ForceCommand, its parent is in another session and the kernel ignores the stop (POSIX: orphaned process group).
 */
const canComeBack = (): boolean => {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    const [, , group, session] = fields;
    return group !== session;
  } catch {
    // No /proc: a system where the shell is asked and answers.
    return true;
  }
};

const stopUntilContinued = async (): Promise<void> => {
  // While it is stopped nothing else keeps the event loop, and Ink takes an empty one for the end.
  const keepAlive = setInterval(() => {}, 60_000);
  const continued = new Promise<void>(resolve => process.once('SIGCONT', () => resolve()));
  // The whole group: under `npm start` the shell waits for npm.
  process.kill(0, 'SIGTSTP');
  await continued;
  clearInterval(keepAlive);
  // The terminal may have another size by now; Node looks when it is told.
  process.kill(process.pid, 'SIGWINCH');
};
