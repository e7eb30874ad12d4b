import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

const next = 'another horse';

/** A superuser who has to change the password first, and has just signed in. */
const confined = async (more: { isSuperuser?: boolean } = { isSuperuser: true }) => {
  const t = await openAccounts();
  await t.add('other', { isSuperuser: true });
  const ada = await t.add('ada', { mustChangePassword: true, ...more });
  const { actor, session, user } = await t.signIn('ada');
  return { ...t, ada, actor, session, user, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() };
};

const list = { sort: 'username', order: 'asc' } as const;

/** One call of every rule that asks who acts. */
const rules: [string, (t: TestAccounts, actor: Actor, id: string) => Promise<unknown>][] = [
  ['adds a user', (t, actor) => t.accounts.users.create(actor, { username: 'eve', password: usual })],
  ['renames itself', (t, actor, id) => t.accounts.users.change(actor, id, { username: 'eve' })],
  [
    'ends the need by itself',
    (t, actor, id) => t.accounts.users.change(actor, id, { mustChangePassword: false }),
  ],
  ['deletes a user', (t, actor, id) => t.accounts.users.remove(actor, id)],
  ['lets a user try again', (t, actor, id) => t.accounts.users.unlock(actor, id)],
  ['lists users', (t, actor) => t.accounts.users.page(actor, list, 'start', 10)],
  ['counts users', (t, actor) => t.accounts.users.count(actor, list)],
  ['looks at itself among the users', (t, actor, id) => t.accounts.users.find(actor, id)],
  ['looks at details', (t, actor, id) => t.accounts.users.details(actor, id)],
  [
    'plans a change of many',
    (t, actor) => t.accounts.bulk.plan(actor, { match: {}, except: [] }, 'activate'),
  ],
  ['exports', (t, actor) => t.accounts.users.beginExport(actor, { file: '-', hashes: false })],
  ['reads the audit', (t, actor) => t.accounts.audit.page(actor, {}, { limit: 10 })],
  ['verifies the audit', (t, actor) => t.accounts.audit.verify(actor)],
  [
    'reads who is signed in',
    (t, actor, userId) => t.accounts.sessions.page(actor, { userId }, { limit: 10 }),
  ],
  ['ends all other sessions', (t, actor) => t.accounts.sessions.endOthers(actor)],
  ['lists its API keys', (t, actor) => t.accounts.apiKeys.list(actor)],
  ['makes an API key', (t, actor) => t.accounts.apiKeys.create(actor, {})],
  ['reads its folders', (t, actor) => t.accounts.foldersOf(actor)],
  [
    'takes another name along with the new password',
    (t, actor) => t.accounts.changeOwnPassword(actor, { next, edit: { username: 'eve' } }),
  ],
];

describe('who has to change the password first', () => {
  test.each(rules)('%s in vain, and nothing changes', async (_, ask) => {
    await using t = await confined();
    const before = await t.everything();
    expect(await outcomeOf(ask(t, t.actor, t.ada.id))).toBe('password_change_required');
    expect(await t.everything()).toEqual(before);
    // Without the need all of it would have been done or refused by another rule.
    await t.accounts.users.change(operator, t.ada.id, { mustChangePassword: false });
    expect(await outcomeOf(ask(t, t.actor, t.ada.id))).not.toBe('password_change_required');
  });

  test('finds out who it is, and signs out', async () => {
    await using t = await confined();
    expect(await t.accounts.sessions.current(t.actor)).toMatchObject({ username: 'ada' });
    await t.accounts.sessions.end(t.session.id);
    expect(await t.isSignedIn(t.actor)).toBe(false);
  });

  test.each([[{ isSuperuser: true }], [{ isSuperuser: false }]])(
    'sets a new password, and is as free as everybody then (%j)',
    async more => {
      await using t = await confined(more);
      expect(await outcomeOf(t.accounts.changeOwnPassword(t.actor, { next: usual }))).toBe(
        'password_unchanged',
      );
      expect(t.user.mustChangePassword).toBe(true);
      const after = await t.accounts.changeOwnPassword(t.actor, { next });
      expect(after).toMatchObject({ mustChangePassword: false, version: t.user.version + 1 });
      expect(await outcomeOf(t.accounts.foldersOf(t.actor))).toBe('done');
      expect((await t.signIn('ada', next)).user.mustChangePassword).toBe(false);
    },
  );

  test('is asked for the present password later than five minutes after the sign-in', async () => {
    await using t = await confined();
    t.pass(300);
    expect(await outcomeOf(t.accounts.changeOwnPassword(t.actor, { next }))).toBe('current_password_missing');
    expect(await outcomeOf(t.accounts.changeOwnPassword(t.actor, { next, current: usual }))).toBe('done');
  });

  test('goes on by an API key, which is a program’s', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    const { clear } = await t.accounts.apiKeys.create((await t.signIn('ada')).actor, {});
    await t.accounts.users.change(operator, id, { mustChangePassword: true });
    const { actor } = await t.accounts.apiKeys.verify(clear);
    expect(await outcomeOf(t.accounts.foldersOf(actor))).toBe('done');
  });
});

describe('the need for a new password', () => {
  test('is nobody’s who was added without it, nor who signed up', async () => {
    await using t = await openAccounts({ settings: { enableSignup: true } });
    expect(await t.add('ada')).toMatchObject({ mustChangePassword: false });
    expect(await t.accounts.signUp({ username: 'eve', password: usual })).toMatchObject({
      mustChangePassword: false,
    });
  });

  test('confines whoever is signed in at once, in every process, and ends no session', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const { id, version } = await t.add('ada');
    const { actor } = await t.signIn('ada');
    const after = await t.accounts.users.change(operator, id, { mustChangePassword: true });
    expect(after).toMatchObject({ mustChangePassword: true, version: version + 1 });
    for (const process of [t, other]) {
      expect(await outcomeOf(process.accounts.foldersOf(actor))).toBe('password_change_required');
      expect(await process.isSignedIn(actor)).toBe(true);
    }
  });

  test('comes and goes with a password that a superuser sets', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const { actor } = await t.signIn('root');
    const { id } = await t.add('ada');
    const reset = (password: string, mustChangePassword?: boolean) =>
      t.accounts.users.change(actor, id, { password, mustChangePassword });
    expect(await reset('first horse', true)).toMatchObject({ mustChangePassword: true });
    expect(await reset('second horse', true)).toMatchObject({ mustChangePassword: true });
    expect(await reset('third horse')).toMatchObject({ mustChangePassword: true });
    expect(await reset('fourth horse', false)).toMatchObject({ mustChangePassword: false });
    expect(await reset('fifth horse')).toMatchObject({ mustChangePassword: false });
  });

  test('goes with the password of the superuser command', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true, mustChangePassword: true });
    const account = { username: 'root', password: next };
    const { user } = await t.accounts.users.makeSuperuser(account, { update: true });
    expect(user.mustChangePassword).toBe(false);
  });

  test('is set and taken away by superusers only', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    const { actor } = await t.signIn('ada');
    const change = t.accounts.users.change(actor, id, { mustChangePassword: true });
    expect(await outcomeOf(change)).toBe('permission_denied');
    expect(await t.find(id)).toMatchObject({ mustChangePassword: false });
  });

  test('is never the automatic account’s', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const automatic = await t.store.read.users.automatic();
    const change = t.accounts.users.change(operator, automatic?.id ?? '', { mustChangePassword: true });
    expect(await outcomeOf(change)).toBe('automatic_account');
    expect(await t.store.read.users.automatic()).toMatchObject({ mustChangePassword: false });
  });

  test('is refused where it was decided on an older version, with both values', async () => {
    await using t = await openAccounts();
    const seen = await t.add('ada');
    await t.accounts.users.change(operator, seen.id, { mustChangePassword: true });
    const change = t.accounts.users.change(operator, seen.id, { isActive: false }, seen);
    await expect(change).rejects.toThrow('Must change password was no and is yes');
  });

  test('stands in the audit: with the user, with a reset, and alone', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada', { mustChangePassword: true });
    await t.accounts.users.change(operator, id, { mustChangePassword: false });
    await t.accounts.users.change(operator, id, { password: next, mustChangePassword: true });
    await t.accounts.changeOwnPassword((await t.signIn('ada', next)).actor, { next: 'my own horse' });
    const rows = await t.accounts.audit.page(operator, { targetId: id }, { limit: 10 });
    expect(rows.map(({ event, detail }) => [event, JSON.parse(detail)]).reverse()).toEqual([
      ['user_added', { after: { isActive: true, isSuperuser: false, mustChangePassword: true } }],
      ['user_changed', { before: { mustChangePassword: true }, after: { mustChangePassword: false } }],
      ['password_reset', { after: { mustChangePassword: true } }],
      ['signed_in', {}],
      ['password_changed', {}],
    ]);
  });
});
