import { Refusal } from '../refusal.ts';
import type { CommandCall } from '../terminals/ssh/command-channel.ts';
import type { World } from '../world.ts';
import { commandLineOf, misreadOf, refuseBesideVersion } from './command-line.ts';
import { remoteCommandNames } from './command-table.ts';
import { commandWords } from './command-words.ts';
import { createOutput } from './output.ts';
import { asWords } from './words.ts';

/**
 * Does what a command line of a remote door says, as somebody who has signed in there: the same commands as those of the
 * shell, under the same rules as any door's. Gives the exit code, having said what went wrong.
 */
export const createRemoteCommands =
  (world: World, version: string) =>
  async ({ actor, command, stdin, isTerminal, stdout, stderr, signal }: CommandCall): Promise<number> => {
    const output = createOutput({ stdout, stderr });
    try {
      const args = withoutName(commandWords(command));
      if (args.length === 0) args.push('--help');
      refuseOthers(args);
      await refuseBesideVersion(args, true);
      const caller = { world, actor, output, stdin, isTerminal, signal };
      let help = '';
      await commandLineOf(args, version, true)
        .parseAsync(asWords(args), { caller }, (_error, _flags, text) => {
          help = text;
        })
        .catch((error: unknown) => {
          throw misreadOf(error, args);
        });
      if (help) output.result(help);
      return 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      output.note(`langinfra: ${wordsFor(error)}`);
      return error.exit;
    }
  };

/** Options that are a whole command line. Before a command they would be given a value, and the command read behind it. */
const alone: readonly string[] = ['--help', '-h', '--version', '-v'];

/** Refuses what does not begin with a command of remote doors, before anything else of it is read. */
const refuseOthers = ([first = '', ...others]: readonly string[]): void => {
  if (remoteCommandNames.includes(first) || (others.length === 0 && alone.includes(first))) return;
  if (first.startsWith('-'))
    throw new Refusal('wrong_use', { sentence: 'A command comes first: see --help' });
  throw new Refusal('command_not_remote', { command: first });
};

/** `langinfra users list` is what one types on the server. */
const withoutName = ([first, ...others]: string[]): string[] =>
  first === 'langinfra' || first === undefined ? others : [first, ...others];

const wordsFor = (refusal: Refusal): string => {
  // Files of the server are named there: that is for whoever runs it.
  if (refusal.http === 503 && refusal.exit === 7) return new Refusal('database_silent').message;
  // A command cannot ask for one.
  if (refusal.code === 'password_change_required') return new Refusal('password_change_in_console').message;
  if (refusal.code === 'current_password_missing') return new Refusal('current_password_in_console').message;
  return refusal.message;
};
