import yargs from 'yargs';
import { Refusal } from '../refusal.ts';
import { asWords, asWritten } from './words.ts';
import { type CommandLine, wrongUse } from './wrong-use.ts';

/** What `fail` of yargs hands on, whatever its types say: every option of the command at hand, and what may follow it. */
type Usage = { getDescriptions: () => Record<string, string>; getCommands: () => [string, ...unknown[]][] };

/** Every command line there is; a command is loaded when it is called. Throws wrong_use. */
export const commandLineOf = (args: readonly string[], version: string) =>
  yargs(asWords(args))
    .scriptName('langinfra')
    .locale('en')
    .usage('$0 [command]\n\nUsers and sign-in for an application server, administered in your terminal.')
    .parserConfiguration({ 'duplicate-arguments-array': false, 'dot-notation': false })
    .option('env-file', {
      type: 'string',
      requiresArg: true,
      describe: 'read settings from this file',
      global: true,
    })
    .command(
      // Without a word it does the main thing, as k9s and lazygit do.
      ['run', '$0'],
      'open the console, or serve it in a browser with the HTTP API (--headless), and over SSH (--ssh)',
      async y => (await import('./run-options.ts')).builder(y),
      async flags => (await import('./run.tsx')).handler(flags as never, version),
    )
    .command(
      'superuser',
      'create a superuser at a prompt',
      async y => (await import('./superuser.ts')).builder(y),
      async flags => (await import('./superuser.ts')).handler(flags as never),
    )
    .command('users', 'list, add, change and delete users', async y =>
      (await import('./users.ts')).builder(y),
    )
    .command(
      'why <name>',
      'say why a user can or cannot sign in',
      async y => (await import('./why.ts')).builder(y),
      async flags => (await import('./why.ts')).handler(flags as never),
    )
    .command(
      'recover <name>',
      'make a code that signs a user in who has lost the password',
      async y => (await import('./recover.ts')).builder(y),
      async flags => (await import('./recover.ts')).handler(flags as never),
    )
    .command(
      'backup <file>',
      'write a copy of the database, while it is in use',
      async y => (await import('./backup.ts')).builder(y),
      async flags => (await import('./backup.ts')).handler(flags as never),
    )
    .command(
      'restore <file>',
      'put a backup in the place of the database',
      async y => (await import('./restore.ts')).builder(y),
      async flags => (await import('./restore.ts')).handler(flags as never),
    )
    .command(
      'check',
      'look the database over',
      async y => (await import('./check.ts')).builder(y),
      async flags => (await import('./check.ts')).handler(flags as never),
    )
    .command('audit', 'show, export and verify what happened', async y =>
      (await import('./audit.ts')).builder(y),
    )
    .command('secret', 'go over to a new secret key', async y => (await import('./secret.ts')).builder(y))
    .command('ssh', 'what SSH clients need to know of this server', async y =>
      (await import('./ssh.ts')).builder(y),
    )
    .command('sessions', 'list and end the sessions of who is signed in', async y =>
      (await import('./sessions.ts')).builder(y),
    )
    .command(
      'config',
      'show every setting and where it comes from',
      async y => (await import('./config.ts')).builder(y),
      async flags => (await import('./config.ts')).handler(flags as never),
    )
    .example('$0', 'open the console: run need not be said')
    .example('$0 superuser', 'create a superuser')
    .help('help', 'show help')
    .alias('h', 'help')
    .version('version', 'show the version', version)
    .alias('v', 'version')
    // The help is output like any other: cli.tsx ends the process once it was written.
    .exitProcess(false)
    .strict()
    .check(refuseOtherThanText)
    .fail((message, error, usage) => {
      if (error) throw error;
      const { getDescriptions, getCommands } = usage as unknown as Usage;
      const commands = getCommands().map(([command]) => command.split(' ')[0] ?? '');
      throw misread(message, { args, options: Object.keys(getDescriptions()), commands });
    });

/** yargs takes `--no-port` for `port: false`, whatever type the option has. */
const refuseOtherThanText = (flags: Record<string, unknown>, options: unknown): true => {
  const { string, array } = options as { string: readonly string[]; array: readonly string[] };
  for (const name of string.filter(name => !array.includes(name))) {
    if (flags[name] !== undefined && typeof flags[name] !== 'string')
      throw new Refusal('wrong_use', { sentence: `--${name} needs a value` });
  }
  return true;
};

const misread = (complaint: string, commandLine: CommandLine): Refusal =>
  new Refusal('wrong_use', { sentence: wrongUse(asWritten(complaint), commandLine) });

/** Does what the command line says; `version` is ours. Throws wrong_use, and what the command throws. */
export const runCommandLine = async (args: readonly string[], version: string): Promise<void> => {
  try {
    await commandLineOf(args, version).parseAsync();
  } catch (error) {
    throw misreadOf(error, args);
  }
};

/** What was thrown, as a refusal where it is a complaint of yargs: some of its own pass `fail` by. */
export const misreadOf = (error: unknown, args: readonly string[]): unknown => {
  const isYargs = error instanceof Error && error.name === 'YError';
  return isYargs ? misread(error.message, { args, options: [], commands: [] }) : error;
};
