import yargs from 'yargs';
import { Refusal } from '../refusal.ts';
import { withCommands } from './command-table.ts';
import { asWords, asWritten } from './words.ts';
import { type CommandLine, wrongUse } from './wrong-use.ts';

/** What `fail` of yargs hands on, whatever its types say: every option of the command at hand, and what may follow it. */
type Usage = { getDescriptions: () => Record<string, string>; getCommands: () => [string, ...unknown[]][] };

/**
 * Every command line there is, or, where it is `isRemote`, every one of a remote door; a command is loaded when it is called.
 * Throws wrong_use.
 */
export const commandLineOf = (args: readonly string[], version: string, isRemote = false) => {
  refuseInternals(args);
  const base = yargs(asWords(args))
    .scriptName('langinfra')
    .locale('en')
    .usage('$0 [command]\n\nUsers and sign-in for an application server, administered in your terminal.')
    .parserConfiguration({ 'duplicate-arguments-array': false, 'dot-notation': false })
    .option('env-file', {
      type: 'string',
      requiresArg: true,
      describe: 'read settings from this file',
      global: true,
      hidden: isRemote,
    });
  const known = withCommands(base, version, { isRemote });
  if (!isRemote)
    known
      .example('$0', 'open the console: run need not be said')
      .example('$0 superuser', 'create a superuser');
  return (
    known
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
      })
  );
};

/** What yargs keeps for itself, and what is handed to the commands beside their options: no options of anybody's. */
const internals = /^--(no-)?(_|\$0|caller|get-yargs-completions)(=|$)/;

const refuseInternals = (args: readonly string[]): void => {
  const end = args.indexOf('--');
  const option = (end < 0 ? args : args.slice(0, end)).find(arg => internals.test(arg))?.split('=')[0];
  if (option) throw misread(`Unknown argument: ${option.slice(2)}`, { args, options: [], commands: [] });
};

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

const isVersion = (word: string): boolean => /^(--version|-v)(=|$)/.test(word);

/**
 * Refuses --version beside other words than those of a command. yargs shows the version then, and ends well without having
 * done the rest: whoever writes `--version 3`, or -v for more words, would believe that it was done. Throws wrong_use.
 */
export const refuseBesideVersion = async (args: readonly string[], isRemote = false): Promise<void> => {
  const end = args.indexOf('--');
  const others = args.filter((word, at) => !(isVersion(word) && (end < 0 || at < end)));
  if (others.length === args.length) return;
  // A help begins with the words of its command, and after them what it takes.
  const [usage = ''] = (await commandLineOf(others, '', isRemote).getHelp()).split('\n');
  const [name = ''] = usage.split(/ [<[]/);
  if (args.some(word => isVersion(word) && word.includes('=')) || name !== ['langinfra', ...others].join(' '))
    throw new Refusal('wrong_use', {
      sentence:
        '--version shows the version of langinfra and does nothing else: leave it out, or all but it and the command',
    });
};

/** Does what the command line says; `version` is ours. Throws wrong_use, and what the command throws. */
export const runCommandLine = async (args: readonly string[], version: string): Promise<void> => {
  try {
    await refuseBesideVersion(args);
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
