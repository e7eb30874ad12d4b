import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import {
  allProcesses,
  argumentsOf,
  descendantsOf,
  endProcess,
  environmentOf,
  openFilesOf,
} from './processes.ts';
import { cli, freePort, isRoot, type Newcomer } from './program.ts';
import { eventually, type PtyOptions } from './pty.ts';

/** The server starts itself again for each connection, for which it wants to know its whole path. */
const pathOf = (name: string): string => {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  const path = places.map(place => join(place, name)).find(path => existsSync(path));
  if (!path) throw new Error(`These tests need OpenSSH: apt-get install openssh-server openssh-client`);
  return path;
};

export type SshOptions = {
  /** What the server runs whatever the client asks for. */
  forced?: string;
  /** What authorized_keys says before the key. */
  keyOptions?: string;
};

/**
 * A real OpenSSH server on a port of its own, on which that newcomer has an account with `langinfra` installed, and
 * somebody who may come in: `ssh server`. `await using` ends everything that runs on it.
 */
export const openSshServer = async (me: Newcomer, { forced, keyOptions = '' }: SshOptions = {}) => {
  const place = mkdtempSync(join(tmpdir(), 'langinfra-ssh-'));
  const at = (name: string) => join(place, name);
  const makeKey = (name: string): string => {
    execFileSync(pathOf('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)]);
    return readFileSync(at(`${name}.pub`), 'utf8');
  };
  const installed = join(me.home, 'bin', 'langinfra');
  mkdirSync(join(me.home, 'bin'));
  symlinkSync(cli, installed);
  const env = { ...me.env, PATH: `${join(me.home, 'bin')}:${me.env.PATH}` };
  const hostKey = makeKey('host_key');
  writeFileSync(at('authorized_keys'), `${keyOptions} ${makeKey('key')}`.trimStart(), { mode: 0o600 });
  const port = await freePort();
  writeFileSync(
    at('sshd_config'),
    `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${at('host_key')}
PidFile ${at('sshd.pid')}
AuthorizedKeysFile ${at('authorized_keys')}
# The directories above a temporary one may be open to everybody.
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
SetEnv ${Object.entries(env)
      .filter(([name]) => name !== 'TERM')
      .map(pair => `"${pair.join('=')}"`)
      .join(' ')}
${forced ? `ForceCommand ${forced}` : ''}
`,
  );
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  writeFileSync(
    at('ssh_config'),
    `
Host server
HostName 127.0.0.1
Port ${port}
User ${userInfo().username}
IdentityFile ${at('key')}
IdentitiesOnly yes
UserKnownHostsFile ${at('known_hosts')}
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking yes
`,
  );
  // Where sshd, as root, locks in the part of it that strangers talk to.
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = spawn(pathOf('sshd'), ['-D', '-e', '-f', at('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  sshd.stderr.setEncoding('utf8').on('data', chunk => {
    said += chunk;
  });
  const closed = once(sshd, 'close');
  await eventually(() => expect(said).toContain('Server listening on'));

  const client = [pathOf('ssh'), '-F', at('ssh_config')];
  const clientEnv = { env: { HOME: place } };
  /** What was started by somebody who came in here, whoever its parent is by now. */
  const started = (): number[] =>
    allProcesses()
      .map(({ pid }) => pid)
      .filter(pid => environmentOf(pid).some(isOurConnection));
  const isOurConnection = (variable: string): boolean =>
    variable.startsWith('SSH_CONNECTION=') && variable.endsWith(` ${port}`);
  const sshdPid = sshd.pid ?? 0;

  return {
    /** What the server has said: who came, and what was wrong. */
    said: () => said,
    /** `ssh` on a terminal. */
    ssh: (args: readonly string[], options: Partial<PtyOptions> = {}) =>
      me.terminal(args, { command: client, ...options, ...clientEnv }),
    /** `ssh` on a terminal, under a shell that says how it ended. */
    sshUnderShell: (args: readonly string[], options: Partial<PtyOptions> = {}) =>
      me.underShell(args, { command: client, ...options, ...clientEnv }),
    /** `ssh` without a terminal. */
    sshInScript: (args: readonly string[], input = '') =>
      me.run(args, { command: client, ...clientEnv, input }),
    /** The console that runs in the account; there has to be one. */
    consolePid: (): number => {
      const consoles = started().filter(pid => argumentsOf(pid).includes(installed));
      expect(consoles).toHaveLength(1);
      return consoles[0] ?? Number.NaN;
    },
    /** The processes of the server that serve a client who is there. */
    connections: (): number[] =>
      descendantsOf(sshdPid).filter(pid => /\bsshd\b/.test(argumentsOf(pid)[0] ?? '')),
    /** The terminals that what runs in the account has open. */
    terminals: (): string[] => [
      ...new Set(
        started()
          .flatMap(openFilesOf)
          .filter(path => /^\/dev\/(pts|tty)/.test(path)),
      ),
    ],
    /** Everything that runs because somebody has come in. */
    left: (): string[] =>
      [...new Set([...started(), ...descendantsOf(sshdPid)])].map(pid => argumentsOf(pid).join(' ')),
    [Symbol.asyncDispose]: async () => {
      for (const pid of [...descendantsOf(sshdPid), ...started()]) endProcess(pid);
      sshd.kill();
      await closed;
      rmSync(place, { recursive: true, force: true });
    },
  };
};

export type SshServer = Awaited<ReturnType<typeof openSshServer>>;
