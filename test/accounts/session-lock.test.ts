import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

const unlock = (t: Pick<TestAccounts, 'accounts'>, actor: Actor, password: string) =>
  outcomeOf(t.accounts.sessionLock.unlock(actor, password).then(({ kept }) => kept));
const eventsOf = async (t: TestAccounts, kind?: 'sign_ins' | 'changes') => {
  const rows = await t.accounts.audit.page(operator, { kind }, { limit: 100 });
  return rows.map(({ event }) => event).reverse();
};

describe('unlocking a session', () => {
  test('takes the password of whoever is signed in, and is kept in the audit among the sign-ins', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    await t.add('bob', { password: 'another horse' });
    const { actor } = await t.signIn('ada');
    await t.accounts.sessionLock.locked(actor, true);
    expect(await unlock(t, actor, 'another horse')).toBe('unlock_wrong');
    expect(await unlock(t, actor, usual)).toBe('done');
    expect(await eventsOf(t, 'sign_ins')).toEqual([
      'signed_in',
      'session_locked',
      'unlock_failed',
      'session_unlocked',
    ]);
    expect(await eventsOf(t, 'changes')).not.toContain('session_locked');
  });

  test('waits for no change that is being written, and the audit has the times at which it happened', async () => {
    await using t = await openAccounts({ at: '2026-11-26T06:00:00Z' });
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    const open = Promise.withResolvers<void>();
    const other = t.store.write(() => open.promise);
    const locking = t.accounts.sessionLock.locked(actor, false);
    t.pass(20);
    const { kept } = await t.accounts.sessionLock.unlock(actor, usual);
    expect(await eventsOf(t)).not.toContain('session_unlocked');
    t.pass(20);
    open.resolve();
    await Promise.all([other, locking, kept]);
    const times = await t.rows(`select event, at from audit where event like 'session%' order by id`);
    expect(times).toEqual([
      { event: 'session_locked', at: '2026-11-26 06:00:00.000000' },
      { event: 'session_unlocked', at: '2026-11-26 06:00:20.000000' },
    ]);
  });

  test('tells how many tried in vain, once, and so does the next sign-in', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    for (const password of ['wrong', 'wrong again']) await unlock(t, actor, password);
    const first = await t.accounts.sessionLock.unlock(actor, usual);
    expect(first.failed?.count).toBe(2);
    await first.kept;
    expect((await t.accounts.sessionLock.unlock(actor, usual)).failed).toBeUndefined();
    await unlock(t, actor, 'wrong');
    expect((await t.signIn('ada')).failed?.count).toBe(1);
    expect((await t.signIn('ada')).failed).toBeUndefined();
  });

  test('is never held up at the local console, and at other doors as a sign-in is', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    for (let tries = 0; tries < 30; tries += 1) expect(await unlock(t, actor, 'wrong')).toBe('unlock_wrong');
    expect(await unlock(t, actor, usual)).toBe('done');

    const remote = { ...actor, from: { door: 'http', address: '192.0.2.7' } } as const;
    for (let tries = 0; tries < 5; tries += 1) expect(await unlock(t, remote, 'wrong')).toBe('unlock_wrong');
    expect(await unlock(t, remote, usual)).toBe('too_many_attempts');
    expect(await outcomeOf(t.signInFrom('192.0.2.7', 'ada'))).toBe('too_many_attempts');
    expect(await eventsOf(t)).toContain('locked');
    t.pass(1);
    expect(await unlock(t, remote, usual)).toBe('done');
    expect(await outcomeOf(t.signInFrom('192.0.2.7', 'ada', 'wrong'))).toBe('bad_credentials');
  });

  test('does not bring back a session that has ended, whatever the password', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    const { actor } = await t.signIn('ada');
    await t.accounts.users.change(operator, id, { isActive: false });
    expect(await unlock(t, actor, usual)).toBe('session_ended');
    expect(await outcomeOf(t.accounts.sessionLock.locked(actor, false))).toBe('session_ended');
  });

  test('is open to who has to change the password first: the form for that may be what is behind it', async () => {
    await using t = await openAccounts();
    await t.add('ada', { mustChangePassword: true });
    const { actor } = await t.signIn('ada');
    expect(await outcomeOf(t.accounts.sessionLock.locked(actor, false))).toBe('done');
    expect(await unlock(t, actor, usual)).toBe('done');
  });

  test('the old password counts no more once another was set meanwhile', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const { actor } = await t.signIn('ada');
    t.lane.meanwhile(() => t.accounts.changeOwnPassword(actor, { current: usual, next: 'another horse' }));
    expect(await unlock(t, actor, usual)).toBe('unlock_wrong');
    expect(await unlock(t, actor, 'another horse')).toBe('done');
  });

  test('the automatic account has nothing to unlock with', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const signedIn = await t.accounts.signInAutomatically('local');
    if (!signedIn) throw new Error('nobody was signed in');
    expect(t.accounts.sessionLock.whyNot(signedIn.user)).toBe('nothing_to_unlock_with');
    expect(await unlock(t, signedIn.actor, '')).toBe('nothing_to_unlock_with');
  });
});
