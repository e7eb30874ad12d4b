import { describe, expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf, usual } from '../support/accounts.ts';

const next = 'another horse';

/** A superuser who is signed in and has a key, another superuser, and ada. */
const scene = async () => {
  const t = await openAccounts();
  await t.add('other', { isSuperuser: true });
  await t.add('root', { isSuperuser: true });
  const signedIn = await t.signIn('root');
  const { clear, key } = await t.accounts.apiKeys.create(signedIn.actor, {});
  const { actor } = await t.accounts.apiKeys.verify(clear);
  const ada = await t.add('ada');
  return { ...t, signedIn, root: signedIn.user, actor, key, clear, ada };
};
type Scene = Awaited<ReturnType<typeof scene>>;

describe('a superuser’s key', () => {
  test('does what the superuser may', async () => {
    await using t = await scene();
    const { users } = t.accounts;
    const eve = await users.create(t.actor, { username: 'eve', password: usual });
    expect(await users.change(t.actor, eve.id, { isActive: true, password: next })).toMatchObject({
      isActive: true,
    });
    expect(await users.count(t.actor, { sort: 'username', order: 'asc' })).toBe(4);
    expect(await outcomeOf(users.remove(t.actor, eve.id))).toBe('done');
    expect(await t.accounts.sessions.current(t.actor)).toEqual(await t.find(t.root.id));
  });

  const own: [string, (t: Scene) => Promise<unknown>, string][] = [
    ['deactivate', t => t.accounts.users.change(t.actor, t.root.id, { isActive: false }), 'own_active'],
    ['demote', t => t.accounts.users.change(t.actor, t.root.id, { isSuperuser: false }), 'own_superuser'],
    ['delete', t => t.accounts.users.remove(t.actor, t.root.id), 'own_account'],
    [
      'reset the password of',
      t => t.accounts.users.change(t.actor, t.root.id, { password: next }),
      'own_password',
    ],
  ];
  test.each(own)('does not %s its own user', async (_, act, code) => {
    await using t = await scene();
    const before = await t.everything();
    expect(await outcomeOf(act(t))).toBe(code);
    expect(await t.everything()).toEqual(before);
  });

  test('does not end its own user with many others either, and that is told before', async () => {
    await using t = await scene();
    const { plan, apply } = t.accounts.bulk;
    const everybody = { match: {}, except: [] };
    for (const action of ['deactivate', 'demote', 'delete'] as const) {
      expect(t.accounts.users.whyNot(t.actor, t.root, action)).toMatch(/^own_/);
      const planned = await plan(t.actor, everybody, action);
      await apply(t.actor, everybody, planned);
    }
    expect(await t.find(t.root.id)).toMatchObject({ isActive: true, isSuperuser: true });
    expect(await t.rows('select username from user')).toEqual([{ username: 'root' }]);
  });
});

describe('an ordinary user’s key', () => {
  test('does what the user may, and no more', async () => {
    await using t = await scene();
    const { users, apiKeys } = t.accounts;
    const { clear } = await apiKeys.create((await t.signIn('ada')).actor, {});
    const { actor } = await apiKeys.verify(clear);
    expect(await users.change(actor, t.ada.id, { username: 'Ada' })).toMatchObject({ username: 'Ada' });
    const before = await t.everything();
    for (const [ask, code] of [
      [() => users.create(actor, { username: 'eve', password: usual }), 'superuser_needed'],
      [() => users.change(actor, t.ada.id, { isSuperuser: true }), 'permission_denied'],
      [() => users.change(actor, t.root.id, { isActive: false }), 'permission_denied'],
      [() => users.change(actor, t.ada.id, { password: next }), 'not_your_password'],
      [() => users.remove(actor, t.root.id), 'superuser_needed'],
      [() => users.details(actor, t.root.id), 'superuser_needed'],
      [() => apiKeys.remove(actor, t.key.id), 'api_key_not_found'],
    ] as const) {
      expect(await outcomeOf(ask())).toBe(code);
    }
    expect(await t.everything()).toEqual(before);
  });
});

describe('changing one’s own password with a key', () => {
  test('needs the present one, however short ago somebody signed in with it', async () => {
    await using t = await scene();
    const before = await t.everything();
    const change = (current?: string) => t.accounts.changeOwnPassword(t.actor, { current, next });
    expect(await outcomeOf(change())).toBe('current_password_missing');
    expect(await outcomeOf(change('wrong horse'))).toBe('current_password_wrong');
    expect(await t.everything()).toEqual(before);
    expect(await outcomeOf(change(usual))).toBe('done');
    expect(await outcomeOf(t.signIn('root', next))).toBe('done');
  });

  test('ends all sessions, and no key', async () => {
    await using t = await scene();
    const other = await t.another();
    await t.accounts.changeOwnPassword(t.actor, { current: usual, next });
    for (const process of [t, other]) {
      expect(await process.isSignedIn(t.signedIn.actor)).toBe(false);
      expect(await process.isSignedIn(t.actor)).toBe(true);
    }
  });
});

describe('a key that ended a moment earlier changes nothing any more', () => {
  const ends: [string, string, (t: Scene) => Promise<unknown>][] = [
    ['deleted', 'bad_api_key', t => t.accounts.apiKeys.remove(t.signedIn.actor, t.key.id)],
    [
      'its user deactivated',
      'inactive_user',
      t => t.accounts.users.change(operator, t.root.id, { isActive: false }),
    ],
    ['its user deleted', 'bad_api_key', t => t.accounts.users.remove(operator, t.root.id)],
    [
      'its user demoted',
      'superuser_needed',
      t => t.accounts.users.change(operator, t.root.id, { isSuperuser: false }),
    ],
    ['switched off', 'bad_api_key', t => t.rows('update apikey set is_active = 0')],
  ];

  test.each(ends)('%s before', async (_, code, end) => {
    await using t = await scene();
    await end(t);
    const before = await t.everything();
    const { users, apiKeys } = t.accounts;
    expect(await outcomeOf(users.create(t.actor, { username: 'eve', password: usual }))).toBe(code);
    expect(await outcomeOf(users.remove(t.actor, t.ada.id))).toBe(code);
    if (code !== 'superuser_needed') expect(await outcomeOf(apiKeys.create(t.actor, {}))).toBe(code);
    expect(await t.everything()).toEqual(before);
  });

  test.each(ends)('%s while a password is hashed', async (_, code, end) => {
    await using t = await scene();
    t.lane.meanwhile(() => end(t));
    expect(await outcomeOf(t.accounts.users.create(t.actor, { username: 'eve', password: usual }))).toBe(
      code,
    );
    expect(await t.rows("select * from user where username = 'eve'")).toEqual([]);
  });

  test.each([
    ['another user', (t: Scene) => ({ keyId: t.key.id, userId: t.ada.id })],
    ['nobody', () => ({ keyId: 'f'.repeat(32), userId: 'f'.repeat(32) })],
  ])('said to be of %s', async (_, ids) => {
    await using t = await scene();
    expect(await outcomeOf(t.accounts.sessions.current({ kind: 'apiKey', ...ids(t) }))).toBe('bad_api_key');
  });
});
