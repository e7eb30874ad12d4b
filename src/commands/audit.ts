import type { Argv } from 'yargs';

/** `langinfra audit …`: each action is loaded when it is called. */
export const builder = (yargs: Argv) =>
  yargs
    .command(
      'list',
      'show what happened, the newest first',
      async y => (await import('./audit/list.ts')).builder(y),
      async flags => (await import('./audit/list.ts')).handler(flags as never),
    )
    .command(
      'export',
      'write all of it, or what stands for it, as lines of JSON',
      async y => (await import('./audit/export.ts')).builder(y),
      async flags => (await import('./audit/export.ts')).handler(flags as never),
    )
    .command(
      'verify',
      'find out whether it was changed',
      async y => (await import('./audit/verify.ts')).builder(y),
      async flags => (await import('./audit/verify.ts')).handler(flags as never),
    )
    .demandCommand(1, 'Say which: list, export or verify')
    .example('$0 audit list --user ada', 'what ada did, and what was done to ada')
    .example('$0 audit list --refused --since 2026-01-31', 'what was refused since that day')
    .example('$0 audit export --head > head.json', 'keep it elsewhere, for')
    .example('$0 audit verify --head head.json', 'whether anything up to then was changed or cut off');
