import { expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/refusal.ts';
import { watchSession } from '../../../src/terminals/ssh/watch-session.ts';
import { openAccounts, operator } from '../../support/accounts.ts';

/** A session that is watched while the database is too busy to be asked, until the test says otherwise. */
const watched = async () => {
  const t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada');
  const signedIn = await t.signIn('ada');
  let isBusy = true;
  const current = vi.fn(async (...asked: Parameters<typeof t.accounts.sessions.current>) => {
    if (isBusy) throw new Refusal('database_busy', { path: t.path });
    return t.accounts.sessions.current(...asked);
  });
  const ended = vi.fn();
  const accounts = { ...t.accounts, sessions: { ...t.accounts.sessions, current } };
  const stop = watchSession(accounts, signedIn, ended);
  await t.accounts.users.change(operator, ada.id, { isActive: false });
  await vi.waitFor(() => expect(current).toHaveBeenCalled(), 5_000);
  return {
    current,
    ended,
    stop,
    rests: () => {
      isBusy = false;
    },
    [Symbol.asyncDispose]: async () => {
      stop();
      await t[Symbol.asyncDispose]();
    },
  };
};

test('a session that ended while the database was busy is over as soon as it answers, once', async () => {
  await using session = await watched();
  expect(session.ended).not.toHaveBeenCalled();
  session.rests();
  await vi.waitFor(() => expect(session.ended).toHaveBeenCalledTimes(1), 10_000);
});

test('it is not asked about any more when nobody watches it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    await using session = await watched();
    session.stop();
    const asked = session.current.mock.calls.length;
    session.rests();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.current).toHaveBeenCalledTimes(asked);
    expect(session.ended).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});
