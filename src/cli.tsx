#!/usr/bin/env -S node --max-semi-space-size=4 --
// The room for new objects, in MiB: more makes nothing quicker here, and Node keeps four times as much for it.
// Without the `--` Node looks for an --env-file of its own among our arguments, and ends where it is missing.
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
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
    nodeModule.enableCompileCache(join(homedir(), '.cache', 'langinfra'));
  } catch {
    // A container may run as a number that has neither a name nor a home.
  }
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
  if (error.code === 'EPIPE') process.exit(0);
  // The terminal of a console is gone: it ends in order by itself.
  if (error.code !== 'EIO') process.exit(1);
});

const args = process.argv.slice(2);
const complaint = tooOld();
if (complaint) {
  process.stderr.write(`langinfra: ${complaint}\n`);
  process.exit(1);
} else if (args.length === 1 && args[0] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  keepCompiled();
  const { start } = await import('./commands/start.ts');
  process.exit(await start(args, version));
}
