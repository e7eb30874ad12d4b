import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { type KeyOwner, listens, newKeyPair } from './doors.ts';

const pathOf = (name: string): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']
    .map(place => join(place, name))
    .find(path => existsSync(path));

/** OpenSSH's client, told how to come with that key. */
export const opensshClient = (directory: string, port: number, { username, privateKey }: KeyOwner) => {
  const key = join(directory, `key-${port}`);
  writeFileSync(key, privateKey, { mode: 0o600 });
  const options = [
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
  ];
  return {
    command: 'ssh',
    args: [
      ...['-F', 'none', '-T', '-i', key, '-p', String(port)],
      ...options.flatMap(option => ['-o', option]),
      // What follows the host is the command's from its first word on.
      '--',
      `${username}@127.0.0.1`,
    ],
  };
};

/**
 * OpenSSH's server on that port, with a configuration, a host key and a key of its own, for whoever runs this. Nothing where
 * it is not installed: the rest is measured without it.
 */
export const openssh = async (port: number) => {
  const sshd = pathOf('sshd');
  if (!sshd) {
    process.stderr.write('sshd is not here to compare with: apt-get install openssh-server openssh-client\n');
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), 'langinfra-bench-sshd-'));
  const at = (name: string): string => join(directory, name);
  const owner = newKeyPair();
  writeFileSync(at('host_key'), newKeyPair().private, { mode: 0o600 });
  writeFileSync(at('authorized_keys'), owner.public, { mode: 0o600 });
  writeFileSync(
    at('sshd_config'),
    `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${at('host_key')}
PidFile none
AuthorizedKeysFile ${at('authorized_keys')}
# The directories above a temporary one may be open to everybody.
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
# Else bash would read its start files, for which nobody is measured here.
SetEnv SHLVL=1
`,
  );
  // Where sshd, as root, locks in the part of it that strangers talk to.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(sshd, ['-D', '-f', at('sshd_config')], { stdio: 'ignore' });
  const closed = once(child, 'close');
  await Promise.race([
    listens(port),
    closed.then(([code]) => {
      throw new Error(`sshd ended with ${code}`);
    }),
  ]);
  return {
    pid: child.pid as number,
    owner: { username: userInfo().username, privateKey: owner.private },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
