import type { RunFlags } from './run-options.ts';

/** A value that cannot be taken for an option, and that no shell or parser reads in more than one way. */
const plainValue = /^[\w./~:][\w./~: -]*$/;

/**
 * `langinfra`, `langinfra run` and its options as people type them: what yargs would make of it, without yargs, which
 * takes as long as Node itself to load and read them (docs/performance.md). Whatever else is there, in whatever other
 * spelling, gives undefined and is for yargs to read.
 */
export const plainRun = (args: readonly string[]): RunFlags | undefined => {
  const options = args[0] === 'run' ? args.slice(1) : args;
  const flags: RunFlags = { headless: false, ssh: false, ascii: false, screenReader: false };
  const switches = {
    '--headless': 'headless',
    '--ssh': 'ssh',
    '--ascii': 'ascii',
    '--screen-reader': 'screenReader',
  } as const;
  const texts = {
    '--env-file': 'envFile',
    '--host': 'host',
    '--port': 'port',
    '--ssh-host': 'sshHost',
    '--ssh-port': 'sshPort',
  } as const;
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at];
    const on = switches[option as keyof typeof switches];
    if (on) {
      flags[on] = true;
      continue;
    }
    const name = texts[option as keyof typeof texts];
    at += 1;
    const value = options[at];
    if (!name || flags[name] !== undefined || !value || !plainValue.test(value)) return undefined;
    flags[name] = value;
  }
  return flags;
};
