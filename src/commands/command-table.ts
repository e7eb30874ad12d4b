import type { Argv } from 'yargs';

/** A command of the command line. It is loaded when it is called. */
type Command = {
  words: string | readonly string[];
  about: string;
  builder: (yargs: Argv) => Promise<Argv>;
  /** Undefined where only its own commands do something. */
  handler?: (flags: unknown, version: string) => Promise<void>;
  /**
   * Whether somebody at a remote door may call it. All others are about this computer, its files and its settings, and act
   * with the authority of the process: where nothing is said a command is one of those.
   */
  isRemote?: true;
};

const commands: readonly Command[] = [
  {
    // Without a word it does the main thing, as k9s and lazygit do.
    words: ['run', '$0'],
    about: 'open the console, or serve it in a browser with the HTTP API (--headless), and over SSH (--ssh)',
    builder: async y => (await import('./run-options.ts')).builder(y),
    handler: async (flags, version) => (await import('./run.tsx')).handler(flags as never, version),
  },
  {
    words: 'superuser',
    about: 'create a superuser at a prompt',
    builder: async y => (await import('./superuser.ts')).builder(y),
    handler: async flags => (await import('./superuser.ts')).handler(flags as never),
  },
  {
    words: 'users',
    about: 'list, add, change and delete users',
    builder: async y => (await import('./users.ts')).builder(y),
    isRemote: true,
  },
  {
    words: 'why <name>',
    about: 'say why a user can or cannot sign in',
    builder: async y => (await import('./why.ts')).builder(y),
    handler: async flags => (await import('./why.ts')).handler(flags as never),
    isRemote: true,
  },
  {
    words: 'recover <name>',
    about: 'make a code that signs a user in who has lost the password',
    builder: async y => (await import('./recover.ts')).builder(y),
    handler: async flags => (await import('./recover.ts')).handler(flags as never),
  },
  {
    words: 'backup <file>',
    about: 'write a copy of the database, while it is in use',
    builder: async y => (await import('./backup.ts')).builder(y),
    handler: async flags => (await import('./backup.ts')).handler(flags as never),
  },
  {
    words: 'restore <file>',
    about: 'put a backup in the place of the database',
    builder: async y => (await import('./restore.ts')).builder(y),
    handler: async flags => (await import('./restore.ts')).handler(flags as never),
  },
  {
    words: 'check',
    about: 'look the database over',
    builder: async y => (await import('./check.ts')).builder(y),
    handler: async flags => (await import('./check.ts')).handler(flags as never),
  },
  {
    words: 'audit',
    about: 'show, export and verify what happened',
    builder: async y => (await import('./audit.ts')).builder(y),
    isRemote: true,
  },
  {
    words: 'secret',
    about: 'go over to a new secret key',
    builder: async y => (await import('./secret.ts')).builder(y),
  },
  {
    words: 'ssh',
    about: 'what SSH clients need to know of this server',
    builder: async y => (await import('./ssh.ts')).builder(y),
  },
  {
    words: 'sessions',
    about: 'list and end the sessions of who is signed in',
    builder: async y => (await import('./sessions.ts')).builder(y),
    isRemote: true,
  },
  {
    words: 'config',
    about: 'show every setting and where it comes from',
    builder: async y => (await import('./config.ts')).builder(y),
    handler: async flags => (await import('./config.ts')).handler(flags as never),
  },
];

const nameOf = ({ words }: Command): string => [words].flat()[0]?.split(' ')[0] ?? '';

/** The words that somebody at a remote door may begin with. */
export const remoteCommandNames: readonly string[] = commands.filter(({ isRemote }) => isRemote).map(nameOf);

/** Tells yargs of the commands: at a remote door of those alone that may be called there, so that it knows no others. */
export const withCommands = (yargs: Argv, version: string, { isRemote }: { isRemote: boolean }): Argv =>
  commands
    .filter(command => command.isRemote || !isRemote)
    .reduce(
      (known, { words, about, builder, handler }) =>
        known.command(
          words as string | string[],
          about,
          builder as (y: Argv) => Promise<Argv>,
          handler && (flags => handler(flags, version)),
        ),
      yargs,
    );
