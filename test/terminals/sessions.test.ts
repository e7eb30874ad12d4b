import { expect, test } from 'vitest';
import { createSessions } from '../../src/terminals/sessions.ts';
import { openAccounts, type TestAccounts, usual } from '../support/accounts.ts';
import { openRemote, type RemoteTestOptions, usualOrigin } from '../support/remote.ts';

type Remote = Awaited<ReturnType<typeof openRemote>>;

const openDoor = async (t: TestAccounts, limits = { inAll: 10, ofOne: 10 }) => {
  const sessions = createSessions(limits);
  const remotes: Remote[] = [];
  return {
    sessions,
    come: async (owner: string, options: RemoteTestOptions = {}): Promise<Remote> => {
      const signedIn = await t.accounts.signIn({
        username: 'root',
        password: usual,
        door: 'ssh',
        from: usualOrigin,
      });
      let remote: Remote | undefined;
      const session = await sessions.open(owner, async () => {
        remote = await openRemote(t, { signedIn, ...options });
        remotes.push(remote);
        return remote.session;
      });
      return { ...(remote as Remote), session };
    },
    [Symbol.asyncDispose]: async () => {
      for (const remote of remotes) await remote[Symbol.asyncDispose]();
    },
  };
};

test('there is a limit for one owner and one for all, and who leaves makes room', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await using door = await openDoor(t, { inAll: 3, ofOne: 2 });
  const first = await door.come('ada');
  await door.come('ada');
  await expect(door.come('ada')).rejects.toMatchObject({ code: 'too_many_own_consoles' });
  await door.come('bob');
  await expect(door.come('eve')).rejects.toMatchObject({ code: 'too_many_consoles' });
  await first.session.type('q');
  await first.session.ended;
  await door.come('eve');
  expect(door.sessions.count()).toBe(3);
});

test('one that cannot be opened takes no room', async () => {
  await using t = await openAccounts();
  await using door = await openDoor(t, { inAll: 1, ofOne: 1 });
  await expect(door.sessions.open('ada', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(door.sessions.count()).toBe(0);
});

test('when the process ends every terminal gets its screen back, and who does not read holds up nobody', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await using door = await openDoor(t);
  const reading = [await door.come('ada'), await door.come('bob')];
  await door.come('eve', { stalls: true });
  await door.sessions.closeAll();
  for (const { terminal } of reading) expect(terminal.buffer.active.type).toBe('normal');
  expect(door.sessions.count()).toBe(0);
  await expect(door.come('late')).rejects.toMatchObject({ code: 'server_stopping' });
});

test('an error that nobody catches ends the session in which it was thrown, and no other', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await using door = await openDoor(t);
  const heard: boolean[] = [];
  const broken = new Error('broken');
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', error => heard.push(door.sessions.blame(error)));
  try {
    let breaks = false;
    const bad = await door.come('ada', {
      onBytes: () => {
        if (breaks)
          setImmediate(() => {
            throw broken;
          });
        breaks = false;
      },
    });
    const good = await door.come('bob');
    await bad.sees('Admin Page');
    breaks = true;
    await bad.session.type('n');
    expect(await bad.session.ended).toEqual({ error: broken });
    expect(heard).toEqual([true]);
    await good.session.type('n');
    await good.sees('New User');
    expect(door.sessions.blame(broken)).toBe(false);
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});
