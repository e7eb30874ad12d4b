import yargs from 'yargs';
import { Refusal } from '../refusal.ts';
import { wrongUse } from './wrong-use.ts';

/** What `fail` of yargs hands on, whatever its types say: it knows every option of the command at hand. */
type Usage = { getDescriptions: () => Record<string, string> };

/** Every command line there is; a command is loaded when it is called. Throws wrong_use. */
export const commandLineOf = (args: readonly string[], version: string) =>
  yargs(args)
    .scriptName('langinfra')
    .locale('en')
    .usage('$0 <command>\n\nUsers and sign-in for an application server, administered in your terminal.')
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .option('env-file', {
      type: 'string',
      requiresArg: true,
      describe: 'read settings from this file',
      global: true,
    })
    .command(
      'run',
      'open the console, or serve the HTTP API with --headless',
      async y => (await import('./run.tsx')).builder(y),
      async flags => (await import('./run.tsx')).handler(flags as never),
    )
    .command(
      'superuser',
      'create a superuser at a prompt',
      async y => (await import('./superuser.ts')).builder(y),
      async flags => (await import('./superuser.ts')).handler(flags as never),
    )
    .command('users', 'list, add, change and delete users', async y =>
      (await import('./users.ts')).builder(y),
    )
    .command(
      'config',
      'show every setting and where it comes from',
      async y => (await import('./config.ts')).builder(y),
      async flags => (await import('./config.ts')).handler(flags as never),
    )
    .example('$0 run --env-file .env', 'open the console')
    .example('$0 run --headless', 'serve the HTTP API on 127.0.0.1:7861')
    .example('$0 superuser', 'create a superuser')
    .demandCommand(1, 'Say what to do')
    .help('help', 'show help')
    .version('version', 'show the version', version)
    // The help is output like any other: cli.tsx ends the process once it was written.
    .exitProcess(false)
    .strict()
    .recommendCommands()
    .fail((message, error, usage) => {
      if (error) throw error;
      throw misread(message, args, Object.keys((usage as unknown as Usage).getDescriptions()));
    });

const misread = (complaint: string, args: readonly string[], options: readonly string[] = []): Refusal =>
  new Refusal('wrong_use', { sentence: wrongUse(complaint, args, options) });

/** Does what the command line says; `version` is ours. Throws wrong_use, and what the command throws. */
export const runCommandLine = async (args: readonly string[], version: string): Promise<void> => {
  try {
    await commandLineOf(args, version).parseAsync();
  } catch (error) {
    // Some of yargs' own complaints pass `fail` by.
    throw error instanceof Error && error.name === 'YError' ? misread(error.message, args) : error;
  }
};
