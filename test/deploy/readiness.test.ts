import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allProcesses, environmentOf } from '../support/processes.ts';
import { newcomer } from '../support/program.ts';
import { eventually } from '../support/pty.ts';
import { openServiceManager, pathOf } from './manager.ts';

const secret = 'a secret key that nobody else is told';
const newServer = () => newcomer({ LANGINFRA_AUTO_LOGIN: 'False', LANGINFRA_SECRET_KEY: secret });
type Home = ReturnType<typeof newServer>;

/** A directory for PATH in which systemd-notify is this script, or not there. */
const programs = ({ home, file }: Home, script?: string): string => {
  mkdirSync(join(home, 'programs'));
  // What the script needs.
  symlinkSync('/bin/sh', join(home, 'programs', 'sh'));
  if (script !== undefined) file('programs/systemd-notify', `#!/bin/sh\n${script}\n`, 0o700);
  return join(home, 'programs');
};

describe.concurrent('a service manager', () => {
  test('is told when requests are served, and when the end has begun', async () => {
    pathOf('systemd-notify', 'systemd');
    await using me = newServer();
    await using manager = await openServiceManager(me.home);
    const server = await me.serve([], { NOTIFY_SOCKET: manager.socket });
    await eventually(() =>
      expect(manager.heard()).toEqual([['READY=1', `STATUS=listening on ${server.url}`]]),
    );
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(manager.heard().slice(1)).toEqual([['STOPPING=1', 'STATUS=finishing running requests']]);
    expect(server.said.stderr).not.toContain('warning');
  });

  test('is told nothing by a server that cannot listen', async () => {
    await using me = newServer();
    await using manager = await openServiceManager(me.home);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const env = { NOTIFY_SOCKET: manager.socket };
    const { code } = await me.run(['run', '--headless', '--port', String(port)], { env });
    taken.close();
    expect(code).toBe(1);
    expect(manager.heard()).toEqual([]);
  });

  test('that does not wait is told nothing: no other program is started', async () => {
    await using me = newServer();
    const called = join(me.home, 'called');
    const server = await me.serve([], { PATH: programs(me, `echo "$@" >> '${called}'`) });
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(existsSync(called)).toBe(false);
  });

  test('is told by a program that gets to know no setting', async () => {
    await using me = newServer();
    const seen = join(me.home, 'seen');
    const server = await me.serve([], {
      PATH: programs(me, `export -p > "${seen}.$1"`),
      NOTIFY_SOCKET: '/run/nobody',
    });
    const expectNothingTold = (message: string) => {
      const environment = readFileSync(`${seen}.${message}`, 'utf8');
      expect(environment).toContain('/run/nobody');
      expect(environment).not.toMatch(/LANGINFRA|HOME/);
      expect(environment).not.toContain(secret);
    };
    await eventually(() => expectNothingTold('READY=1'));
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expectNothingTold('STOPPING=1');
  });

  const failures: [string, string | undefined, string][] = [
    ['systemd-notify is not installed', undefined, 'systemd-notify is not installed'],
    ['nobody listens', 'echo "no such socket\x1b[31m" >&2; exit 1', 'no such socket'],
    ['systemd-notify says nothing', 'exit 3', 'systemd-notify failed (3)'],
  ];
  test.each(failures)(
    'that cannot be told, for %s, is one warning, and requests are served',
    async (_, script, reason) => {
      await using me = newServer();
      const env = { PATH: programs(me, script), NOTIFY_SOCKET: join(me.home, 'nowhere') };
      const server = await me.serve([], env);
      const warning = `langinfra: warning: the service manager was not told READY=1: ${reason}`;
      await eventually(() => expect(server.said.stderr).toContain(warning));
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      server.signal('SIGTERM');
      expect(await server.ended).toBe(0);
      expect(server.said.stderr.match(/service manager/g)).toHaveLength(1);
      expect(server.said.stderr).not.toContain('\x1b');
    },
  );

  test('that takes no message does not hold up the end, and nothing is left behind', async () => {
    await using me = newServer();
    const socket = join(me.home, 'nowhere');
    const env = { PATH: programs(me, 'exec /bin/sleep 60'), NOTIFY_SOCKET: socket };
    const server = await me.serve([], env);
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.said.stderr).toContain('was not told STOPPING=1: it takes no message');
    expect(
      allProcesses().filter(({ pid }) => environmentOf(pid).includes(`NOTIFY_SOCKET=${socket}`)),
    ).toEqual([]);
  });
});
