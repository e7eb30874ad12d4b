import type { Argv } from 'yargs';

/** `langinfra sessions …`: each action is loaded when it is called. */
export const builder = (yargs: Argv) =>
  yargs
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .command(
      'list',
      'list who is signed in, the newest first',
      async y => (await import('./sessions/list.ts')).builder(y),
      async flags => (await import('./sessions/list.ts')).handler(flags as never),
    )
    .command(
      'end [id]',
      'sign somebody out',
      async y => (await import('./sessions/end.ts')).builder(y),
      async flags => (await import('./sessions/end.ts')).handler(flags as never),
    )
    .demandCommand(1, 'Say which: list or end')
    .example('$0 sessions list --user ada', 'where ada is signed in')
    .example('$0 sessions end --user ada', 'signs ada out everywhere');
