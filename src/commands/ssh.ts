import type { Argv } from 'yargs';

/** `langinfra ssh …`: loaded when it is called. */
export const builder = (yargs: Argv) =>
  yargs
    .command(
      'fingerprint',
      'show the fingerprint of the host key, for whoever connects the first time',
      y => y.option('json', { type: 'boolean', default: false, describe: 'print one JSON document' }),
      async flags => (await import('./ssh/fingerprint.ts')).handler(flags as never),
    )
    .demandCommand(1, 'Say which: fingerprint')
    .example('$0 ssh fingerprint', 'what the first ssh to this server has to show');
