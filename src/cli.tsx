#!/usr/bin/env node
import { version } from '../package.json';

/** `langinfra`: the commands, each loaded only when it is called, and their exit codes. */
const main = async (args: string[]): Promise<number> => {
  const { default: yargs } = await import('yargs');
  const { Refusal } = await import('./refusal.ts');
  const { note } = await import('./commands/output.ts');
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
      .fail((message, error) => {
        throw error ?? new Refusal('wrong_use', { sentence: usage(message) });
      })
      .parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof Refusal) {
      note(`langinfra: ${error.message}`);
      return error.exit;
    }
    note(`langinfra: internal error: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
};

/** What is wrong with the command line, and where to read what is right. */
const usage = (message: string): string =>
  message.startsWith('Did you mean')
    ? `There is no such command. ${message}`
    : `${message}. See: langinfra --help`;

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', error => process.exit((error as NodeJS.ErrnoException).code === 'EPIPE' ? 0 : 1));

const args = process.argv.slice(2);
if (args.length === 1 && args[0] === '--version') {
  process.stdout.write(`${version}\n`);
} else {
  // Without a word it does the main thing, as k9s and lazygit do.
  process.exit(await main(args.length > 0 ? args : ['run']));
}
