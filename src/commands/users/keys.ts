import type { Argv } from 'yargs';
import { nameWord as name } from '../words.ts';

/** `langinfra users keys …`: each action is loaded when it is called. */
export const builder = (yargs: Argv) =>
  yargs
    .command(
      'list <name>',
      'list the keys of a user',
      y => y.positional('name', name),
      async flags => (await import('./keys/list.ts')).handler(flags as never),
    )
    .command(
      'add <name> [file]',
      'let a user sign in over SSH with this public key',
      async y => (await import('./keys/add.ts')).builder(y.positional('name', name)),
      async flags => (await import('./keys/add.ts')).handler(flags as never),
    )
    .command(
      'remove <name> <fingerprint>',
      'let nobody sign in with a key any more',
      async y => (await import('./keys/remove.ts')).builder(y.positional('name', name)),
      async flags => (await import('./keys/remove.ts')).handler(flags as never),
    )
    .demandCommand(1, 'Say which: list, add or remove')
    .example('$0 users keys add ada id_ed25519.pub', 'the public key in that file')
    .example('$0 users keys list ada', 'her keys, with their fingerprints');
