import type { Argv } from 'yargs';
import { nameWord } from '../words.ts';

/** `langinfra users mfa …`: loaded when it is called. */
export const builder = <T>(yargs: Argv<T>) =>
  yargs
    .command(
      'reset <name>',
      'take the one-time codes of a user away, and end the sessions',
      y =>
        y
          .positional('name', nameWord)
          .option('yes', { type: 'boolean', alias: 'y', default: false, describe: 'do not ask' })
          .example('$0 users mfa reset ada', 'ada lost the phone and the recovery codes'),
      async flags => (await import('./mfa-reset.ts')).handler(flags as never),
    )
    .demandCommand(1, 'Say which: reset')
    .example('$0 users mfa reset ada', 'ada signs in with the password alone then');
