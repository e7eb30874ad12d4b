#!/usr/bin/env -S node --
// Without the `--` Node looks for an --env-file of its own among our arguments, and ends where it is missing.
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { version } from '../package.json';

/** `langinfra`: the commands, each loaded only when it is called, and their exit codes. */
const main = async (args: string[]): Promise<number> => {
  const { default: yargs } = await import('yargs');
  const { Refusal } = await import('./refusal.ts');
  const { note } = await import('./commands/output.ts');
  const { wrongUse } = await import('./commands/wrong-use.ts');
  try {
    await yargs(args)
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
        async y => (await import('./commands/run.tsx')).builder(y),
        async flags => (await import('./commands/run.tsx')).handler(flags as never),
      )
      .command(
        'superuser',
        'create a superuser at a prompt',
        async y => (await import('./commands/superuser.ts')).builder(y),
        async flags => (await import('./commands/superuser.ts')).handler(flags as never),
      )
      .command('users', 'list, add, change and delete users', async y =>
        (await import('./commands/users.ts')).builder(y),
      )
      .command(
        'config',
        'show every setting and where it comes from',
        async y => (await import('./commands/config.ts')).builder(y),
        async flags => (await import('./commands/config.ts')).handler(flags as never),
      )
      .example('$0 run --env-file .env', 'open the console')
      .example('$0 run --headless', 'serve the HTTP API on 127.0.0.1:7861')
      .example('$0 superuser', 'create a superuser')
      .demandCommand(1, 'Say what to do')
      .help('help', 'show help')
      .version('version', 'show the version', version)
      .strict()
      .recommendCommands()
      .fail((message, error, usage) => {
        if (error) throw error;
        const options = Object.keys((usage as unknown as Usage).getDescriptions());
        throw new Refusal('wrong_use', { sentence: wrongUse(message, args, options) });
      })
      .parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof Refusal) {
      note(`langinfra: ${error.message}`);
      return error.exit;
    }
    const message = error instanceof Error ? error.message : String(error);
    // Some of yargs' own complaints pass `fail` by.
    const isWrongUse = error instanceof Error && error.name === 'YError';
    note(`langinfra: ${isWrongUse ? wrongUse(message, args, []) : `internal error: ${message}`}`);
    return isWrongUse ? 2 : 1;
  }
};

/** What `fail` of yargs hands on, whatever its types say: it knows every option of the command at hand. */
type Usage = { getDescriptions: () => Record<string, string> };

/**
 * Keeps compiled code for the next start, which takes a tenth of the time then. In the home directory and not in /tmp,
 * where others could leave code for us to run.
 */
const keepCompiled = (): void => {
  try {
    enableCompileCache(join(homedir(), '.cache', 'langinfra'));
  } catch {
    // A container may run as a number that has neither a name nor a home.
  }
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
  if (error.code === 'EPIPE') process.exit(0);
  // The terminal of a console is gone: it ends in order by itself.
  if (error.code !== 'EIO') process.exit(1);
});

const args = process.argv.slice(2);
if (args.length === 1 && args[0] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  keepCompiled();
  // Without a word it does the main thing, as k9s and lazygit do.
  process.exit(await main(args.length > 0 ? args : ['run']));
}
