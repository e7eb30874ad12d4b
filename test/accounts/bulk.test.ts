import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { type BulkAction, type BulkPlan, bulkActions } from '../../src/accounts/bulk-plan.ts';
import type { UserSelection } from '../../src/store/user-selections.ts';
import {
  openAccounts,
  operator,
  outcomeOf,
  type TestAccounts,
  type TestProcess,
} from '../support/accounts.ts';
import { addMany, numbered } from '../support/screens.ts';

const idsOf = (users: readonly { id: string }[]): string[] => users.map(({ id }) => id);
const everybody: UserSelection = { match: {}, except: [] };

/** Plans and does what was planned. */
const act = async (t: TestProcess, selection: UserSelection, action: BulkAction, actor: Actor = operator) => {
  const plan = await t.accounts.bulk.plan(actor, selection, action);
  return t.accounts.bulk.apply(actor, selection, plan);
};

/** Root and sue are superusers, ada is active, bob and eve are not. */
const scene = async () => {
  const t = await openAccounts({ settings: { autoLogin: true } });
  await t.accounts.bootstrap.prepare(undefined);
  const root = await t.add('root', { isSuperuser: true });
  const sue = await t.add('sue', { isSuperuser: true });
  const [ada, bob, eve] = [
    await t.add('ada'),
    await t.add('bob', { isActive: false }),
    await t.add('eve', { isActive: false }),
  ];
  return { ...t, root, sue, ada, bob, eve, everyone: [root, sue, ada, bob, eve] };
};

describe('the plan', () => {
  test('says what would happen, and nothing happens', async () => {
    await using t = await openAccounts();
    const root = await t.add('root', { isSuperuser: true });
    const ada = await t.add('ada');
    const users = [root, ada, await t.add('eve', { isActive: false })];
    const before = await t.everything();
    expect(await t.accounts.bulk.plan(operator, { ids: idsOf(users) }, 'deactivate')).toEqual({
      action: 'deactivate',
      total: 3,
      toChange: 1,
      already: 1,
      refused: [{ reason: 'last_superuser', count: 1 }],
      names: ['ada'],
      lookAlike: 0,
      mixedScripts: 0,
      latest: ada.updatedAt,
    } satisfies BulkPlan);
    expect(await t.everything()).toEqual(before);
  });

  test('counts nobody twice, and nobody who is gone', async () => {
    await using t = await scene();
    await t.accounts.users.remove(operator, t.eve.id);
    const ids = [t.bob.id, t.bob.id, t.eve.id, 'f'.repeat(32)];
    expect(await t.accounts.bulk.plan(operator, { ids }, 'activate')).toMatchObject({
      total: 1,
      toChange: 1,
    });
    expect(await t.accounts.bulk.plan(operator, { ids: [] }, 'activate')).toMatchObject({
      total: 0,
      toChange: 0,
      names: [],
      latest: null,
    });
  });

  test('tells of the names that look like others, or mix scripts, only of those who would be let in', async () => {
    await using t = await openAccounts();
    await t.add('Admin');
    await t.add('paypal');
    for (const name of ['adrnin', 'pаypаl', 'bоb', 'Ольга', '太郎', 'ada'])
      await t.add(name, { isActive: false });
    const planned = (action: BulkAction) => t.accounts.bulk.plan(operator, everybody, action);
    expect(await planned('activate')).toMatchObject({ toChange: 6, lookAlike: 2, mixedScripts: 2 });
    expect(await planned('promote')).toMatchObject({ toChange: 8, lookAlike: 4, mixedScripts: 2 });
    expect(await planned('deactivate')).toMatchObject({ toChange: 2, lookAlike: 0, mixedScripts: 0 });
    expect(await planned('delete')).toMatchObject({ toChange: 8, lookAlike: 0, mixedScripts: 0 });
  });

  test('names whom it would change, as they are called by then', async () => {
    await using t = await scene();
    const { actor } = await t.signIn('sue');
    const planned = async (action: BulkAction, selection: UserSelection = everybody) =>
      (await t.accounts.bulk.plan(actor, selection, action)).names;
    expect(await planned('delete')).toEqual(['ada', 'bob', 'eve', 'root']);
    expect(await planned('activate')).toEqual(['bob', 'eve']);
    expect(await planned('demote', { match: {}, except: [t.root.id] })).toEqual([]);
    const confirmed = await t.accounts.bulk.plan(actor, { ids: [t.bob.id, t.eve.id] }, 'delete');
    await t.accounts.users.change(operator, t.bob.id, { username: 'Zed' });
    await t.accounts.users.remove(operator, t.eve.id);
    expect(await planned('delete', { ids: [t.bob.id, t.eve.id] })).toEqual(['Zed']);
    const outcome = outcomeOf(t.accounts.bulk.apply(actor, { ids: [t.bob.id, t.eve.id] }, confirmed));
    expect(await outcome).toBe('plan_changed');
  });

  test('names no more than a person reads', async () => {
    await using t = await openAccounts();
    await addMany(t, numbered(60));
    const plan = await t.accounts.bulk.plan(operator, everybody, 'delete');
    expect(plan).toMatchObject({ toChange: 60, names: numbered(50) });
  });

  test('can be given up', async () => {
    await using t = await scene();
    const asking = AbortSignal.abort(new Error('not any more'));
    await expect(t.accounts.bulk.plan(operator, everybody, 'delete', asking)).rejects.toThrow('not any more');
  });
});

describe('who stays as it is', () => {
  test.each([
    ['deactivate', 'own_active'],
    ['demote', 'own_superuser'],
    ['delete', 'own_account'],
  ] as const)('%s: the automatic account and the own one, and the own one only once', async (action, own) => {
    await using t = await scene();
    const { actor } = await t.signIn('sue');
    const { refused } = await t.accounts.bulk.plan(actor, everybody, action);
    expect(refused).toEqual([
      { reason: 'automatic_account', count: 1 },
      { reason: own, count: 1 },
    ]);
    const automatic = await t.accounts.signInAutomatically('local');
    if (!automatic) throw new Error('not signed in');
    const plan = await t.accounts.bulk.plan(automatic.actor, everybody, action);
    expect(plan.refused).toEqual([
      { reason: 'automatic_account', count: 1 },
      { reason: 'last_superuser', count: 1 },
    ]);
    await t.accounts.bulk.apply(automatic.actor, everybody, plan);
    expect(await t.find(t.root.id)).toEqual(t.root);
    expect(await t.isSignedIn(automatic.actor)).toBe(true);
  });

  test('a superuser who stays for another reason is the one who remains', async () => {
    await using t = await scene();
    await t.rows('create table flow (id integer primary key, user_id references user (id))');
    await t.rows('insert into flow (user_id) values (?)', t.sue.id);
    const selection = { ids: [t.root.id, t.sue.id] };
    const { plan } = await act(t, selection, 'delete');
    expect(plan).toMatchObject({ toChange: 1, refused: [{ reason: 'user_has_data', count: 1 }] });
    expect(await t.find(t.root.id)).toBeUndefined();
  });

  test('an inactive superuser is no superuser who remains', async () => {
    await using t = await scene();
    await t.accounts.users.change(operator, t.sue.id, { isActive: false });
    expect(await t.accounts.bulk.plan(operator, { ids: [t.root.id, t.sue.id] }, 'demote')).toMatchObject({
      toChange: 1,
      refused: [{ reason: 'last_superuser', count: 1 }],
    });
  });
});

describe.each(bulkActions)('%s', action => {
  const everythingOf = (t: TestAccounts) => t.everything();

  test('is for superusers, whose session has not ended', async () => {
    await using t = await scene();
    const { actor: ordinary } = await t.signIn('ada');
    const { actor: ended } = await t.signIn('root');
    const plan = await t.accounts.bulk.plan(ended, everybody, action);
    await t.accounts.users.change(operator, t.sue.id, { isActive: false });
    await t.accounts.users.change(operator, t.sue.id, { isActive: true });
    const done = await act(t, { ids: [] }, action);
    await t.accounts.sessions.end(ended.kind === 'session' ? ended.sessionId : '');
    const before = await everythingOf(t);
    const { bulk } = t.accounts;
    for (const [actor, code] of [
      [ordinary, 'superuser_needed'],
      [ended, 'session_ended'],
    ] as const) {
      expect(await outcomeOf(bulk.plan(actor, everybody, action))).toBe(code);
      expect(await outcomeOf(bulk.apply(actor, everybody, plan))).toBe(code);
      expect(await outcomeOf(bulk.undo(actor, done))).toBe(code);
    }
    expect(await everythingOf(t)).toEqual(before);
  });

  test('is rehearsed without a trace', async () => {
    await using t = await scene();
    const rehearsing = await t.another({ rehearsal: true });
    const before = await everythingOf(t);
    const rehearsed = await act(rehearsing, everybody, action);
    expect(await everythingOf(t)).toEqual(before);
    expect((await act(t, everybody, action)).plan).toEqual(rehearsed.plan);
  });
});

test('sessions end of those who are deactivated, demoted or deleted, and of nobody else', async () => {
  await using t = await scene();
  for (const [action, whose] of [
    ['activate', []],
    ['promote', []],
    ['demote', ['root']],
    ['deactivate', ['ada']],
    ['delete', ['sue']],
  ] as const) {
    const actors = new Map<string, Actor>();
    for (const name of ['root', 'sue', 'ada']) actors.set(name, (await t.signIn(name)).actor);
    const chosen = [...whose, 'bob', 'eve'].map(
      name => t.everyone.find(({ username }) => username === name)?.id,
    );
    await act(t, { ids: chosen.map(String) }, action);
    for (const [name, actor] of actors)
      expect([action, name, await t.isSignedIn(actor)]).toEqual([
        action,
        name,
        !whose.includes(name as never),
      ]);
    // As before for the next action: ada can sign in, and sue is not the last superuser.
    await t.accounts.users.change(operator, t.ada.id, { isActive: true });
    await t.accounts.users.change(operator, t.root.id, { isSuperuser: true });
  }
});
