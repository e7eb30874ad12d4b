import type { Argv } from 'yargs';
import type { CommonFlags } from './with-world.ts';

export type RunFlags = CommonFlags & {
  headless: boolean;
  ssh: boolean;
  ascii: boolean;
  screenReader: boolean;
  host?: string;
  port?: string;
  sshHost?: string;
  sshPort?: string;
};

/** The options of `run`, apart from what it does: `langinfra --help` shows them and needs no database. */
export const builder = (yargs: Argv) =>
  yargs
    .option('headless', {
      type: 'boolean',
      alias: 'backend-only',
      default: false,
      describe: 'serve the HTTP API, and the console in a browser at /admin',
    })
    .option('host', {
      type: 'string',
      requiresArg: true,
      describe: 'the address to listen on, with --headless',
    })
    .option('port', { type: 'string', requiresArg: true, describe: 'the port to listen on, with --headless' })
    .option('ssh', {
      type: 'boolean',
      default: false,
      describe: 'let people come to the console and the commands with an SSH client',
    })
    .option('ssh-host', {
      type: 'string',
      requiresArg: true,
      describe: 'the address to listen on, with --ssh',
    })
    .option('ssh-port', { type: 'string', requiresArg: true, describe: 'the port to listen on, with --ssh' })
    .option('ascii', {
      type: 'boolean',
      default: false,
      describe: 'draw the console in ASCII only, for terminals that lack other signs',
    })
    .option('screen-reader', {
      type: 'boolean',
      default: false,
      describe: 'say the console line by line, to be read aloud',
    })
    .example('$0 run --env-file .env', 'the console, with the settings of a file')
    .example('$0 run --headless --port 8000', 'http://127.0.0.1:8000, with the console at /admin')
    .example('$0 run --ssh', 'then, from elsewhere: ssh -p 7862 admin@host');
