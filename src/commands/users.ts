import type { Argv } from 'yargs';
import { asWritten } from './words.ts';

const name = {
  type: 'string',
  describe: 'the username; -- before one that begins with a dash',
  demandOption: true,
  coerce: asWritten,
} as const;
const flagActions = {
  activate: 'let a user sign in',
  deactivate: 'stop a user from signing in, and end the sessions',
  promote: 'make a user a superuser',
  demote: 'make a superuser an ordinary user, and end the sessions',
} as const;

/** `langinfra users …`: each action is loaded when it is called. */
export const builder = (yargs: Argv) => {
  yargs
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .command(
      'list',
      'list users',
      async y => (await import('./users/list.ts')).builder(y),
      async flags => (await import('./users/list.ts')).handler(flags as never),
    )
    .command(
      'show <name>',
      'show one user',
      y => y.positional('name', name).example('$0 users show ada', ''),
      async flags => (await import('./users/show.ts')).handler(flags),
    )
    .command(
      'add <name>',
      'add a user',
      async y => (await import('./users/add.ts')).builder(dryRun(y.positional('name', name))),
      async flags => (await import('./users/add.ts')).handler(flags as never),
    )
    .command(
      'edit <name>',
      'change the name or the flags of a user',
      async y => (await import('./users/edit.ts')).builder(dryRun(y.positional('name', name))),
      async flags => (await import('./users/edit.ts')).handler(flags as never),
    )
    .command(
      'passwd <name>',
      'set a new password, and end the sessions',
      async y => (await import('./users/passwd.ts')).builder(dryRun(y.positional('name', name))),
      async flags => (await import('./users/passwd.ts')).handler(flags as never),
    );
  for (const [action, does] of Object.entries(flagActions)) {
    yargs.command(
      `${action} <name>`,
      does,
      y => dryRun(y.positional('name', name)).example(`$0 users ${action} ada`, ''),
      async flags =>
        (await import('./users/flags.ts')).handler(action as keyof typeof flagActions, flags as never),
    );
  }
  return yargs
    .command(
      'delete <name>',
      'delete a user with its folders and sessions, for good',
      async y => (await import('./users/delete.ts')).builder(dryRun(y.positional('name', name))),
      async flags => (await import('./users/delete.ts')).handler(flags as never),
    )
    .demandCommand(
      1,
      'Say which: list, show, add, edit, passwd, activate, deactivate, promote, demote or delete',
    )
    .example('$0 users list --filter pending', 'who waits for approval')
    .example('$0 users activate ada', 'lets ada sign in');
};

const dryRun = <T>(yargs: Argv<T>) =>
  yargs.option('dry-run', {
    type: 'boolean',
    default: false,
    describe: 'check everything and say what would happen, without doing it',
  });
