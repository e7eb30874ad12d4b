import { describe, expect, test } from 'vitest';
import { auditActor, auditSentence } from '../../src/accounts/audit-words.ts';
import {
  atOnce,
  codeAt,
  openAccounts,
  operator,
  outcomeOf,
  secretKey,
  type TestAccounts,
  usual,
} from '../support/accounts.ts';

/** Recovers somebody as the command does, and gives the code. */
const recover = async ({ accounts: { recovery } }: Pick<TestAccounts, 'accounts'>, username: string) => {
  const { code } = await recovery.recover(operator, await recovery.find(operator, username));
  return code;
};

/** What the audit says, the newest first. */
const audit = async (t: TestAccounts, count: number) =>
  (await t.accounts.audit.page(operator, {}, { limit: count })).map(
    row => `${auditActor(row)} ${auditSentence(row)}`,
  );

describe('a sign-in code', () => {
  test('signs in once in place of the password, at every door, and the audit says so', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    for (const door of ['local', 'http'] as const) {
      const code = await recover(t, 'ada');
      expect(code).toMatch(/^[A-Za-z0-9]{5}(-[A-Za-z0-9]{5}){3}$/);
      expect(code).not.toMatch(/[0Oo1Il5S2Z8B]/);
      const { user } = await t.accounts.signIn({
        username: 'ada',
        password: code,
        door,
        ...(door === 'http' && { source: '192.0.2.7' }),
      });
      expect(user.username).toBe('ada');
      expect(await outcomeOf(t.signIn('ada', code))).toBe('bad_credentials');
    }
    expect((await audit(t, 4)).slice(1)).toEqual([
      'ada used a sign-in code: Must change password yes',
      'ada signed in',
      expect.stringContaining('tester (shell) made a sign-in code for ada'),
    ]);
  });

  test('may be typed without its dashes, and not in another case', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const code = await recover(t, 'ada');
    expect(await outcomeOf(t.signIn('ada', code.toLowerCase()))).toBe('bad_credentials');
    await t.signIn('ada', ` ${code.replaceAll('-', ' ')}`);
  });

  test('leaves the password as it is, and lets nobody do anything before there is a new one', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('root', { isSuperuser: true });
    const before = await t.stored(id);
    const code = await recover(t, 'root');
    expect((await t.find(id))?.mustChangePassword).toBe(false);
    const { actor, user } = await t.signIn('root', code);
    expect(user.mustChangePassword).toBe(true);
    expect(await t.stored(id)).toBe(before);
    expect(await outcomeOf(t.accounts.users.count(actor, { sort: 'username', order: 'asc' }))).toBe(
      'password_change_required',
    );
    await t.accounts.changeOwnPassword(actor, { next: 'a new horse of mine' });
    expect(await t.accounts.users.count(actor, { sort: 'username', order: 'asc' })).toBe(1);
    expect(await outcomeOf(t.signIn('root'))).toBe('bad_credentials');
    await t.signIn('root', 'a new horse of mine');
  });

  test('asks for no forgotten password, however long the new one takes, and for the new one from then on', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const { actor } = await t.signIn('ada', await recover(t, 'ada'));
    t.pass(3600);
    const { changeOwnPassword } = t.accounts;
    await changeOwnPassword(actor, { next: 'a new horse of mine' });
    expect(await outcomeOf(changeOwnPassword(actor, { next: 'another horse' }))).toBe(
      'current_password_missing',
    );
    await changeOwnPassword(actor, { next: 'another horse', current: 'a new horse of mine' });
  });

  test('stands in for no password any more once there is a new one, also where that has to be changed again', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    const signedIn = await t.signIn('ada', await recover(t, 'ada'));
    const { changeOwnPassword, users, sessions, sessionLock } = t.accounts;
    await changeOwnPassword(signedIn.actor, { next: 'a new horse of mine' });
    t.pass(301);
    await users.change(operator, id, { mustChangePassword: true });
    expect(await outcomeOf(changeOwnPassword(signedIn.actor, { next: 'another horse' }))).toBe(
      'current_password_missing',
    );
    // There is a password to unlock it with now.
    expect(sessionLock.endsIdle(await sessions.reread(signedIn))).toBe(false);
    await changeOwnPassword(signedIn.actor, { next: 'another horse', current: 'a new horse of mine' });
  });

  test('is asked for by no session that a password began, though another one was begun with a code', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    await t.signIn('ada', await recover(t, 'ada'));
    const { actor } = await t.signIn('ada');
    t.pass(301);
    expect(await t.find(id)).toMatchObject({ mustChangePassword: true });
    expect(await outcomeOf(t.accounts.changeOwnPassword(actor, { next: 'another horse' }))).toBe(
      'current_password_missing',
    );
  });

  test('is of that user only', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    await t.add('bob');
    const code = await recover(t, 'ada');
    for (const name of ['bob', 'nobody', ''])
      expect(await outcomeOf(t.signIn(name, code))).toBe('bad_credentials');
    await t.signIn('ada', code);
  });

  test('does not stand in for the second step, and counts on while that is not taken', async () => {
    await using t = await openAccounts({ at: '2026-11-26T02:18:00Z' });
    await t.add('ada');
    const { secret } = await t.enrol('ada');
    t.pass(60);
    const code = await recover(t, 'ada');
    expect(await outcomeOf(t.signIn('ada', code))).toBe('one_time_code_required');
    expect(await outcomeOf(t.signInFrom('192.0.2.7', 'ada', code, '000000'))).toBe('one_time_code_wrong');
    const { user } = await t.signInFrom('192.0.2.8', 'ada', code, codeAt(secret, t.clock()));
    expect(user.mustChangePassword).toBe(true);
  });

  test('counts for 15 minutes', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const code = await recover(t, 'ada');
    t.pass(900);
    expect(await outcomeOf(t.signIn('ada', code))).toBe('bad_credentials');
    const later = await recover(t, 'ada');
    t.pass(899);
    await t.signIn('ada', later);
  });

  test('counts no more once there is another', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const [first, second] = [await recover(t, 'ada'), await recover(t, 'ada')];
    expect(await outcomeOf(t.signIn('ada', first))).toBe('bad_credentials');
    await t.signIn('ada', second);
  });

  test('ends with what ends the sessions: a new password, and losing rights', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada', { isSuperuser: true });
    await t.add('root', { isSuperuser: true });
    const { change } = t.accounts.users;
    for (const edit of [{ password: 'another correct horse' }, { isSuperuser: false }, { isActive: false }]) {
      const code = await recover(t, 'ada');
      await change(operator, id, edit);
      await change(operator, id, { isActive: true, isSuperuser: true });
      expect(await outcomeOf(t.signIn('ada', code))).toBe('bad_credentials');
    }
    const selection = { match: {}, except: [(await t.add('last', { isSuperuser: true })).id] };
    const inBulk = await recover(t, 'ada');
    for (const action of ['deactivate', 'activate'] as const)
      await t.accounts.bulk.apply(
        operator,
        selection,
        await t.accounts.bulk.plan(operator, selection, action),
      );
    expect(await outcomeOf(t.signIn('ada', inBulk))).toBe('bad_credentials');
    const code = await recover(t, 'ada');
    await t.accounts.sessions.endAll();
    expect(await outcomeOf(t.signIn('ada', code))).toBe('bad_credentials');
  });

  test('counts as little as a wrong password where recovery is off', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const code = await recover(t, 'ada');
    const off = await t.another({ settings: { enableRecovery: false } });
    expect(await outcomeOf(off.signIn('ada', code))).toBe('bad_credentials');
    await t.signIn('ada', code);
  });

  test('stands nowhere in the database', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const code = await recover(t, 'ada');
    const rows = [
      ...(await t.rows('select * from recovery')),
      ...(await t.rows('select * from audit')),
      await t.everything(),
    ];
    for (const text of [code, code.replaceAll('-', '')]) expect(JSON.stringify(rows)).not.toContain(text);
  });

  test('signs one of four processes in that get it at the same time', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const said = await atOnce(4, signingIn, {
      DATABASE: `sqlite:///${t.path}`,
      KEY: secretKey,
      CODE: await recover(t, 'ada'),
    });
    expect(said.toSorted()).toEqual(['bad_credentials', 'bad_credentials', 'bad_credentials', 'done']);
  });
});

const signingIn = `
  const { openStore } = await from('store/open.ts');
  const { createSealing } = await from('accounts/sealing.ts');
  const { createAccounts } = await from('accounts/accounts.ts');
  const { createBcryptLane } = await from('accounts/bcrypt-lane.ts');
  const store = await openStore(process.env.DATABASE, { create: false });
  const lane = createBcryptLane(1);
  const accounts = createAccounts({
    store, lane, sealing: createSealing(process.env.KEY), clock: () => new Date(), origin: { door: 'command' },
    settings: {
      autoLogin: false, newUserIsActive: false, enableSignup: false, enableRecovery: true, passwordMinLength: 8,
      bcryptCost: 4, sessionMaxSeconds: 0, accessTokenSeconds: 60, refreshTokenSeconds: 60,
    },
  });
  await go();
  say(await accounts.signIn({ username: 'ada', password: process.env.CODE, door: 'local' }).then(
    () => 'done', error => error.code));
  await accounts.close();
  await store.close();
  await lane.close();`;

describe('a recovery', () => {
  test('ends all sessions of the user, and of nobody else', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    await t.add('bob');
    const [ada, bob] = [await t.signIn('ada'), await t.signIn('bob')];
    await recover(t, 'ada');
    expect(await t.isSignedIn(ada.actor)).toBe(false);
    expect(await t.isSignedIn(bob.actor)).toBe(true);
  });

  test('is refused where it helps nobody, and what a rule refused is kept', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    await t.add('ada', { isActive: false });
    const off = await t.another({ settings: { enableRecovery: false } });
    expect(await outcomeOf(recover(t, 'nobody'))).toBe('no_user_named');
    expect(await outcomeOf(recover(t, 'langinfra'))).toBe('automatic_account');
    await expect(recover(t, 'ada')).rejects.toThrow(
      'ada is not active, and a recovery does not change that. Activate it first: langinfra users activate ada',
    );
    expect(await outcomeOf(recover(off, 'ada'))).toBe('recovery_off');
    expect(await audit(t, 3)).toEqual([
      'tester (shell) tried to recover ada: Nobody can be recovered here: LANGINFRA_ENABLE_RECOVERY is off',
      'tester (shell) tried to recover ada: The user is not active',
      'tester (shell) tried to recover langinfra: The automatic account stays as it is',
    ]);
  });

  test('is nothing that somebody who is signed in can do', async () => {
    await using t = await openAccounts();
    const root = await t.add('root', { isSuperuser: true });
    const { actor } = await t.signIn('root');
    expect(await outcomeOf(t.accounts.recovery.find(actor, 'root'))).toBe('permission_denied');
    expect(await outcomeOf(t.accounts.recovery.recover(actor, root))).toBe('permission_denied');
  });

  test('shows in why the user can sign in, until the code is used', async () => {
    await using t = await openAccounts({ at: '2026-11-26T05:02:00Z' });
    const ada = await t.add('ada');
    const why = () => t.accounts.users.whySignIn(operator, ada);
    const code = await recover(t, 'ada');
    expect(await why()).toContain(
      'A code of langinfra recover signs ada in once until 2026-11-26 05:17 UTC, in place of the password.',
    );
    await t.signIn('ada', code);
    expect((await why()).join()).not.toContain('recovery');
    await recover(t, 'ada');
    t.pass(900);
    expect((await why()).join()).not.toContain('recovery');
  });
});

describe('superusers are told of a recovery', () => {
  const pending = async (t: TestAccounts, username: string) => {
    const { actor } = await t.signIn(username);
    return {
      actor,
      names: async () =>
        (await t.accounts.recovery.pending(actor)).map(
          ({ username: name, whyNot }) => `${name}: ${whyNot ?? 'can'}`,
        ),
    };
  };
  const firstId = async (t: TestAccounts, actor: Parameters<typeof t.accounts.recovery.pending>[0]) =>
    (await t.accounts.recovery.pending(actor))[0]?.id ?? '';

  test('until another one acknowledges it, who is named in the audit', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada', { isSuperuser: true });
    await recover(t, 'ada');
    const root = await pending(t, 'root');
    const { actor } = await t.signIn('ada');
    expect(await root.names()).toEqual(['ada: can']);
    const id = await firstId(t, root.actor);
    expect(await outcomeOf(t.accounts.recovery.acknowledge(actor, id))).toBe('own_recovery');
    expect(await outcomeOf(t.accounts.recovery.acknowledge(operator, id))).toBe('superuser_needed');
    expect(await t.accounts.recovery.acknowledge(root.actor, id)).toMatchObject({ username: 'ada' });
    expect(await root.names()).toEqual([]);
    expect(await t.accounts.recovery.acknowledge(root.actor, id)).toBeUndefined();
    expect((await audit(t, 1))[0]).toBe('root acknowledged the recovery of ada');
  });

  test('one that is alone acknowledges its own', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const idle = await t.add('idle', { isSuperuser: true });
    await recover(t, 'root');
    const root = await pending(t, 'root');
    expect(await root.names()).toEqual(['root: own_recovery']);
    await t.accounts.users.remove(operator, idle.id);
    expect(await root.names()).toEqual(['root: can']);
    await t.accounts.recovery.acknowledge(root.actor, await firstId(t, root.actor));
    expect(await root.names()).toEqual([]);
  });

  test('one that takes the rights of the others away does not come to acknowledge its own', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const other = await t.add('other', { isSuperuser: true });
    await recover(t, 'root');
    const root = await pending(t, 'root');
    const { users, recovery } = t.accounts;
    const id = await firstId(t, root.actor);
    for (const edit of [{ isActive: false }, { isSuperuser: false }]) {
      await users.change(root.actor, other.id, edit);
      expect(await outcomeOf(recovery.acknowledge(root.actor, id))).toBe('own_recovery');
      await users.change(root.actor, other.id, { isActive: true, isSuperuser: true });
    }
    // Nor does one that it makes a superuser.
    await t.add('friend', { isSuperuser: true });
    const friend = await pending(t, 'friend');
    expect(await friend.names()).toEqual(['root: recovery_of_before']);
    expect(await outcomeOf(recovery.acknowledge(friend.actor, id))).toBe('recovery_of_before');
    expect((await audit(t, 1))[0]).toBe(
      'friend tried to acknowledge the recovery of root: Somebody who was a superuser before this recovery has to acknowledge it',
    );
    await users.remove(root.actor, other.id);
    expect(await root.names()).toEqual(['root: own_recovery']);
    expect(await friend.names()).toEqual(['root: can']);
  });

  test('one that was alone acknowledges its own, as anybody does who became one since', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('former', { isSuperuser: true, isActive: false });
    await recover(t, 'root');
    const root = await pending(t, 'root');
    expect(await root.names()).toEqual(['root: can']);
    await t.add('friend', { isSuperuser: true });
    expect(await root.names()).toEqual(['root: own_recovery']);
    expect(await (await pending(t, 'friend')).names()).toEqual(['root: can']);
  });

  test('automatic sign-in acknowledges where there is no superuser with a password', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const { id } = await t.add('root', { isSuperuser: true });
    await t.add('ada');
    await recover(t, 'ada');
    const automatic = await t.accounts.signInAutomatically('local');
    if (!automatic) throw new Error('not signed in');
    const whyNot = async () => (await t.accounts.recovery.pending(automatic.actor))[0]?.whyNot;
    expect(await whyNot()).toBe('own_recovery');
    await t.rows('update user set is_superuser = 0 where id = ?', id);
    expect(await whyNot()).toBe('own_recovery');
    await t.accounts.users.remove(operator, id);
    expect(await whyNot()).toBeUndefined();
  });

  test('several: first those that one can acknowledge, the oldest first', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('ada', { isSuperuser: true });
    for (const name of ['root', 'ada', 'root']) {
      await recover(t, name);
      t.pass(1);
    }
    const [root, ada] = [await pending(t, 'root'), await pending(t, 'ada')];
    expect(await root.names()).toEqual(['ada: can', 'root: own_recovery', 'root: own_recovery']);
    expect(await ada.names()).toEqual(['root: can', 'root: can', 'ada: own_recovery']);
  });

  test('nobody else is, and one is told of it also when the user is gone', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    await t.add('bob');
    const { id } = await t.add('ada');
    await recover(t, 'ada');
    await t.accounts.users.remove(operator, id);
    const { actor } = await t.signIn('bob', usual);
    expect(await outcomeOf(t.accounts.recovery.pending(actor))).toBe('superuser_needed');
    const root = await pending(t, 'root');
    expect(await root.names()).toEqual(['ada: can']);
    expect(await outcomeOf(t.accounts.recovery.acknowledge(actor, await firstId(t, root.actor)))).toBe(
      'superuser_needed',
    );
  });
});
