import { good, type Newcomer, newcomer } from '../support/program.ts';
import { keys, type Pty } from '../support/pty.ts';
import { openSshServer, type SshOptions, type SshServer } from '../support/ssh.ts';

/** The ways in that people use: the command named by the client, by the server, or by the key. */
export const waysIn = {
  'ssh -t': { options: {}, args: ['-t', 'server', 'langinfra run'] },
  ForceCommand: { options: { forced: 'langinfra run' }, args: ['server'] },
  'the command of a key': {
    options: { keyOptions: 'command="langinfra run",restrict,pty' },
    args: ['server'],
  },
} as const satisfies Record<string, { options: SshOptions; args: readonly string[] }>;

/** A computer with an SSH server and a database with the superuser root and ada, who may sign in. */
export const openHost = async (options: SshOptions = {}) => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  try {
    await me.run(['superuser', '--username', 'root'], { input: good });
    await me.add('ada');
    const server = await openSshServer(me, options);
    return {
      me,
      server,
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]();
        await me[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await me[Symbol.asyncDispose]();
    throw error;
  }
};

export type Host = { me: Newcomer; server: SshServer };

export const signIn = async (ui: Pty): Promise<void> => {
  await ui.sees('Sign in');
  ui.type('root', keys.enter, good, keys.enter);
  await ui.sees('Admin Page', /› ada +\[x\]/);
};

/** ada as the database holds her. */
export const ada = async ({ me }: Host) => {
  const [row] = await me.rows<{ version: number; is_active: number; username: string }>(
    "select username, version, is_active from user where username = 'ada'",
  );
  return row;
};
