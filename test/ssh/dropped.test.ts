import { describe, expect, test } from 'vitest';
import { endProcess, isRunning } from '../support/processes.ts';
import { eventually, keys, type Pty } from '../support/pty.ts';
import type { SshServer } from '../support/ssh.ts';
import { rawDatabase } from '../support/store.ts';
import { ada, type Host, openHost, signIn, waysIn } from './host.ts';

type Drop = (ui: Pty, server: SshServer) => void;
const drops: Record<string, Drop> = {
  'the client is killed': ui => endProcess(ui.pid),
  'what serves it is killed': (_ui, server) => {
    for (const pid of server.connections()) endProcess(pid);
  },
  'its window is closed': ui => ui.closeWindow(),
};

const whileIdle: Record<string, (ui: Pty) => unknown> = {
  'nothing is done': () => {},
  'a form is half filled in': async ui => {
    ui.type('n');
    await ui.sees('New User');
    ui.type('half');
    await ui.sees('half');
  },
  'keys come faster than they can be done': async ui => {
    ui.type('a'.repeat(200));
    await ui.sees(/ada .*(not active any more|active now)/);
  },
};

/** So long, in milliseconds, a console may take to end; one that waits for the database asks for as long as it does. */
const patience = 6000;
const patienceWithLock = 12_000;

/** Everything of that console is gone, and the database is whole. */
const isGone = async ({ me, server }: Host, pid: number, within: number): Promise<void> => {
  await eventually(() => expect(isRunning(pid)).toBe(false), within);
  await eventually(() => expect(server.left()).toEqual([]));
  expect(server.terminals()).toEqual([]);
  expect(await me.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(await me.rows('pragma foreign_key_check')).toEqual([]);
  expect(await me.rows('select username from user order by username')).toEqual([
    { username: 'ada' },
    { username: 'root' },
  ]);
};

/** Each toggle is a version of its own: a half one would show. */
const isWhole = async (host: Host) => {
  const { version = 0, is_active = 0 } = (await ada(host)) ?? {};
  expect(is_active).toBe(version % 2);
};

describe.each(['ssh -t', 'ForceCommand'] as const)('through %s', way => {
  const { options, args } = waysIn[way];
  describe.each(Object.entries(drops))('when %s', (_drop, drop) => {
    test.each(Object.entries(whileIdle))(
      'while %s, the console and its session end',
      async (_state, reach) => {
        await using host = await openHost(options);
        await using ui = host.server.ssh(args);
        await signIn(ui);
        await reach(ui);
        const pid = host.server.consolePid();
        drop(ui, host.server);
        await isGone(host, pid, patience);
        await isWhole(host);
        expect(await host.me.rows('select door from session')).toEqual([]);
      },
    );
  });
});

/** A console that has asked for a change which another program keeps it from. */
const openWaiting = async (host: Host) => {
  const ui = host.server.ssh(waysIn['ssh -t'].args);
  await signIn(ui);
  const other = await rawDatabase(host.me.database);
  await other.exec('begin immediate');
  ui.type('a');
  await ui.sees('Waiting for the database');
  return {
    ui,
    other,
    pid: host.server.consolePid(),
    [Symbol.asyncDispose]: async () => {
      await other[Symbol.asyncDispose]();
      await ui[Symbol.asyncDispose]();
    },
  };
};

describe.each(Object.entries(drops))('when %s while the console waits for the database', (_drop, drop) => {
  test('it ends its session as soon as it can', async () => {
    await using host = await openHost();
    await using waiting = await openWaiting(host);
    drop(waiting.ui, host.server);
    await waiting.other.exec('rollback');
    await isGone(host, waiting.pid, patience);
    await isWhole(host);
    expect(await host.me.rows('select door from session')).toEqual([]);
  });

  test('it ends also where it never can', async () => {
    await using host = await openHost();
    await using waiting = await openWaiting(host);
    drop(waiting.ui, host.server);
    await isGone(host, waiting.pid, patienceWithLock);
    await waiting.other.exec('rollback');
    expect(await ada(host)).toMatchObject({ version: 1, is_active: 1 });
  });
});

test('of what was typed just before, everything is done or nothing', async () => {
  await using host = await openHost();
  await using ui = host.server.ssh(waysIn['ssh -t'].args);
  await signIn(ui);
  const pid = host.server.consolePid();
  ui.type('d', 'y', 'n', 'eve', keys.tab, 'short', keys.ctrl('s'));
  await ui.sees('ada was deleted');
  endProcess(ui.pid);
  await eventually(() => expect(isRunning(pid)).toBe(false), patience);
  expect(await host.me.rows('select username from user')).toEqual([{ username: 'root' }]);
  const orphans = 'select id from folder where user_id not in (select id from user)';
  expect(await host.me.rows(orphans)).toEqual([]);
});
