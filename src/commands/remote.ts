import { Refusal } from '../refusal.ts';
import type { CommandCall } from '../terminals/ssh/command-channel.ts';
import type { World } from '../world.ts';
import { commandLineOf, misreadOf } from './command-line.ts';
import { commandWords } from './command-words.ts';
import { createOutput } from './output.ts';
import { asWords } from './words.ts';

/** What makes sense from elsewhere, by whoever may do it. The others are about this computer, its files and its settings. */
const remote: readonly string[] = ['users', 'sessions', 'audit', 'why', '--help', '-h', '--version', '-v'];

/**
 * Does what a command line of a remote door says, as somebody who has signed in there: the same commands as those of the
 * shell, under the same rules as any door's. Gives the exit code, having said what went wrong.
 */
export const createRemoteCommands =
  (world: World, version: string) =>
  async ({ actor, command, stdin, stdout, stderr, signal }: CommandCall): Promise<number> => {
    const output = createOutput({ stdout, stderr });
    try {
      const [first = '--help', ...others] = withoutName(commandWords(command));
      if (!remote.includes(first)) throw new Refusal('command_not_remote', { command: first });
      const args = [first, ...others];
      const caller = { world, actor, output, stdin, signal };
      let help = '';
      await commandLineOf(args, version)
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

/** `langinfra users list` is what one types on the server. */
const withoutName = ([first, ...others]: string[]): string[] =>
  first === 'langinfra' || first === undefined ? others : [first, ...others];

/** Where files of the server are named, that is for whoever runs it. */
const wordsFor = (refusal: Refusal): string =>
  refusal.http === 503 && refusal.exit === 7 ? new Refusal('database_silent').message : refusal.message;
