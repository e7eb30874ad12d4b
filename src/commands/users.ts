import type { Argv } from 'yargs';
import type { BulkAction } from '../accounts/bulk-plan.ts';
import { nameWord as name } from './words.ts';

const bulkActions = {
  activate: 'let users sign in',
  deactivate: 'stop users from signing in, and end their sessions',
  promote: 'make users superusers',
  demote: 'make superusers ordinary users, and end their sessions',
  delete: 'delete users with their folders and sessions, for good',
} as const satisfies Record<BulkAction, string>;

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
    )
    .command(
      'unlock <name>',
      'let a user who failed to sign in too often try again at once',
      y => dryRun(y.positional('name', name)).example('$0 users unlock ada', 'from everywhere'),
      async flags => (await import('./users/unlock.ts')).handler(flags),
    )
    .command('keys', 'list, add and remove the public keys that a user signs in with over SSH', async y =>
      (await import('./users/keys.ts')).builder(y),
    )
    .command(
      'mfa',
      'one-time codes, the second step of signing in',
      async y => (await import('./users/mfa.ts')).builder(dryRun(y)),
      () => {},
    )
    .command(
      'export [file]',
      'write all users into a file or to stdout, as CSV or JSON',
      async y => (await import('./users/export.ts')).builder(y),
      async flags => (await import('./users/export.ts')).handler(flags as never),
    )
    .command(
      'import <file>',
      'add the users of a CSV or JSON file, all of them or nobody',
      async y => (await import('./users/import.ts')).builder(dryRun(y)),
      async flags => (await import('./users/import.ts')).handler(flags as never),
    );
  for (const [action, does] of Object.entries(bulkActions) as [BulkAction, string][]) {
    yargs.command(
      `${action} [names..]`,
      does,
      async y => (await import('./users/which.ts')).builder(action)(dryRun(y)),
      async flags => (await import('./users/one-or-many.ts')).handler(action, flags as never),
    );
  }
  return yargs
    .demandCommand(
      1,
      'Say which: list, show, add, edit, passwd, unlock, keys, mfa, export, import, activate, deactivate, promote, demote or delete',
    )
    .example('$0 users list --filter pending', 'who waits for approval')
    .example('$0 users activate ada', 'lets ada sign in')
    .example('$0 users activate --filter pending', 'shows how many wait and asks, then lets them sign in');
};

const dryRun = <T>(yargs: Argv<T>) =>
  yargs.option('dry-run', {
    type: 'boolean',
    default: false,
    describe: 'check everything and say what would happen, without doing it',
  });
