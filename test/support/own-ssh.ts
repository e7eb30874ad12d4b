import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { freePort, type Newcomer, program } from './program.ts';
import { eventually, type PtyOptions } from './pty.ts';

/** The program's own SSH door on a port of its own, and OpenSSH's client to come through it. */
export const openOwnDoor = async (me: Newcomer, args: readonly string[] = []) => {
  const place = mkdtempSync(join(tmpdir(), 'langinfra-door-'));
  const at = (name: string): string => join(place, name);
  const port = await freePort();
  const [file = '', ...rest] = [...program, 'run', '--ssh', '--ssh-port', String(port), ...args];
  const child = spawn(file, rest, { cwd: me.home, env: me.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text;
  });
  const closed = once(child, 'close');
  await eventually(() => expect(said).toContain(`listening on ssh://127.0.0.1:${port}`));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'mine', '-f', at('key')]);
  writeFileSync(
    at('config'),
    `
Host door
HostName 127.0.0.1
Port ${port}
User root
IdentityFile ${at('key')}
IdentitiesOnly yes
UserKnownHostsFile ${at('known_hosts')}
GlobalKnownHostsFile /dev/null
StrictHostKeyChecking accept-new
`,
  );
  // What ssh asks for a password where nobody sits at a terminal.
  writeFileSync(at('askpass'), '#!/bin/sh\necho "$1" >> "$ASKED"\nprintf "%s\\n" "$ANSWER"\n');
  chmodSync(at('askpass'), 0o700);
  const client = ['ssh', '-F', at('config')];
  const asking = (answer: string) => ({
    HOME: place,
    SSH_ASKPASS: at('askpass'),
    SSH_ASKPASS_REQUIRE: 'force',
    DISPLAY: ':0',
    ANSWER: answer,
    ASKED: at('asked'),
  });

  return {
    port,
    /** What the server has said: where it listens, and its log. */
    said: () => said,
    publicKey: () => readFileSync(at('key.pub'), 'utf8'),
    publicKeyFile: at('key.pub'),
    /** `ssh` on a terminal. */
    ssh: (words: readonly string[], options: Partial<PtyOptions> = {}) =>
      me.terminal(words, { command: client, ...options, env: { HOME: place } }),
    /** `ssh` on a terminal, under a shell that says how it ended. */
    sshUnderShell: (words: readonly string[]) =>
      me.underShell(words, { command: client, env: { HOME: place } }),
    /** `ssh` without a terminal. */
    sshInScript: (words: readonly string[], input = '', password = 'none') =>
      me.run(words, { command: client, env: asking(password), input }),
    /** Any other program of OpenSSH, with the same configuration. */
    run: (command: readonly string[], input = '') => me.run([], { command, env: asking('none'), input }),
    config: at('config'),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    ended: closed.then(([code]) => code as number | null),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await closed;
      rmSync(place, { recursive: true, force: true });
    },
  };
};

export type OwnDoor = Awaited<ReturnType<typeof openOwnDoor>>;
