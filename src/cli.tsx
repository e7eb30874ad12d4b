#!/usr/bin/env -S node --max-semi-space-size=4 --
// The room for new objects, in MiB: more makes nothing quicker here, and Node keeps four times as much for it.
// Without the `--` Node looks for an --env-file of its own among our arguments, and ends where it is missing.
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { engines, version } from '../package.json';

/** The sentence for a Node that is older than the package asks for; nothing where it is not. */
const tooOld = (): string | undefined => {
  const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);
  const [major = 0, minor = 0] = numbers(process.versions.node);
  const [leastMajor = 0, leastMinor = 0] = numbers(engines.node);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `needs Node.js ${leastMajor}.${leastMinor} or newer, and this is ${process.versions.node}. In a clone, npm start brings its own`;
};

/**
 * Keeps compiled code for the next start, which takes a tenth of the time then. In the home directory and not in /tmp,
 * where others could leave code for us to run.
 */
const keepCompiled = (): void => {
  try {
    const home = homedir();
    if (isAbsolute(home)) nodeModule.enableCompileCache(join(home, '.cache', 'langinfra'));
  } catch {
    // A container may run as a number that has neither a name nor a home.
  }
};

/** Why what was said could not be written. Never resolves where all of it could. */
const lost = new Promise<NodeJS.ErrnoException>(resolve => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
    if (error.code === 'EPIPE') process.exit(0);
    // The terminal of a console is gone: it ends in order by itself.
    if (error.code !== 'EIO') resolve(error);
  });
});

/** A log whose reader is stuck holds up the end no longer than this, in milliseconds. */
const patience = 2000;

/** Resolves when everything written before has left the process. Node does not wait for pipes when it exits. */
const flushed = (stream: NodeJS.WriteStream): Promise<undefined> =>
  new Promise(resolve => {
    // What went wrong with an earlier write is told a moment after it.
    const told = () => void setImmediate(resolve, undefined);
    // What still waits for a terminal are frames that nobody reads: the console has waited for them long enough.
    if (stream.isTTY || stream.writableLength === 0) told();
    else stream.write('', told);
  });

/** Ends the process once its reader, however slow, has all of the output. */
const leave = async (code: number): Promise<never> => {
  const error = await Promise.race([lost, flushed(process.stdout)]);
  if (error) {
    const { Refusal } = await import('./refusal.ts');
    const refusal = new Refusal('output_lost', { code: error.code });
    process.stderr.write(`langinfra: ${refusal.message}\n`);
    return process.exit(code || refusal.exit);
  }
  await Promise.race([flushed(process.stderr), setTimeout(patience)]);
  return process.exit(code);
};

const args = process.argv.slice(2);
const complaint = tooOld();
if (complaint) {
  process.stderr.write(`langinfra: ${complaint}\n`);
  await leave(1);
} else if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${version}\n`);
  await leave(0);
} else {
  // Headless mode logs there: that nobody reads its log any more must not end signing in.
  process.stderr.on('error', () => {});
  keepCompiled();
  const { start } = await import('./commands/start.ts');
  await leave(await start(args, version));
}
