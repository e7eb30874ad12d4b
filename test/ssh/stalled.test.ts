import { expect, test } from 'vitest';
import { isRunning } from '../support/processes.ts';
import { eventually } from '../support/pty.ts';
import { ada, type Host, openHost, signIn, waysIn } from './host.ts';

/** Far more users than a screen has rows. */
const manyUsers = `
  with recursive number(i) as (select 100 union all select i + 1 from number where i < 999)
  insert into user (id, username, username_fold, password, is_active, is_superuser, create_at, updated_at)
  select hex(randomblob(16)), 'user' || i, 'user' || i, '', 1, 0, create_at, updated_at
  from number, user where username = 'ada'`;

/** From one end of the list to the other, each time a whole screen: far more than a pseudo-terminal has room for. */
const muchToDraw = 'Gg'.repeat(100);

/**
 * A console whose SSH server has stopped to read what it draws: a network that is gone looks like this. What was typed
 * before that ends with a change of ada.
 */
const openStalled = async (host: Host) => {
  await host.me.rows(manyUsers);
  const ui = host.server.ssh(waysIn['ssh -t'].args, { columns: 200, rows: 60 });
  await signIn(ui);
  const pid = host.server.consolePid();
  const servers = host.server.connections();
  ui.type(muchToDraw, 'a');
  await ui.sees('user999');
  for (const server of servers) process.kill(server, 'SIGSTOP');
  return {
    ui,
    pid,
    comesBack: () => {
      for (const server of servers) process.kill(server, 'SIGCONT');
    },
    [Symbol.asyncDispose]: () => ui[Symbol.asyncDispose](),
  };
};

/** All keys that reached it were done, though nobody reads what it draws. */
const wentOn = (host: Host) => eventually(async () => expect(await ada(host)).toMatchObject({ version: 2 }));

test('a terminal that does not read keeps nobody from the database, and is up to date when it reads again', async () => {
  await using host = await openHost();
  await using stalled = await openStalled(host);
  await wentOn(host);
  await host.me.add('bob');
  stalled.comesBack();
  await stalled.ui.sees(/^ Langinfra › Admin Page/, /^› ada[\w ]* \[ \]/, /^ {2}bob/, /quit$/);
  stalled.ui.type('a');
  await stalled.ui.sees(/^› ada +\[x\]/, 'ada is active now');
});

test('a console whose terminal does not read ends when it is told to, with its session', async () => {
  await using host = await openHost();
  await using stalled = await openStalled(host);
  await wentOn(host);
  process.kill(stalled.pid, 'SIGTERM');
  await eventually(() => expect(isRunning(stalled.pid)).toBe(false), 6000);
  expect(await host.me.rows('select door from session')).toEqual([]);
});
