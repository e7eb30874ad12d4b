import type { Argv } from 'yargs';

/** `langinfra secret …`: loaded when it is called. */
export const builder = (yargs: Argv) =>
  yargs
    .command(
      'rotate',
      'go over to a new secret key and seal everything anew',
      async y => (await import('./secret/rotate.ts')).builder(y),
      async flags => (await import('./secret/rotate.ts')).handler(flags as never),
    )
    .demandCommand(1, 'Say which: rotate')
    .example('$0 secret rotate', 'where the key is kept in the config directory: to a random one')
    .example('$0 secret rotate --new-key-file new.key', 'where the settings give the key: to this one');
