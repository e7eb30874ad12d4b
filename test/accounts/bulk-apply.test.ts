import { describe, expect, test } from 'vitest';
import type { BulkAction } from '../../src/accounts/bulk-plan.ts';
import type { UserSelection } from '../../src/store/user-selections.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts } from '../support/accounts.ts';
import { populateMany } from '../support/populations.ts';

const everybody: UserSelection = { match: {}, except: [] };

const act = async (t: TestAccounts, selection: UserSelection, action: BulkAction) => {
  const plan = await t.accounts.bulk.plan(operator, selection, action);
  return t.accounts.bulk.apply(operator, selection, plan);
};

/** How many are active. */
const activeOf = async (t: TestAccounts): Promise<number | undefined> => {
  const [row] = await t.rows<{ active: number }>('select sum(is_active) as active from user');
  return row?.active;
};

describe('applied', () => {
  test('what would be something else by now is not done, even where the numbers are the same', async () => {
    await using t = await openAccounts();
    const ada = await t.add('ada', { isActive: false });
    const pending: UserSelection = { match: { filter: 'pending' }, except: [] };
    const plan = await t.accounts.bulk.plan(operator, pending, 'activate');
    await t.add('eve', { isActive: false });
    expect(await outcomeOf(t.accounts.bulk.apply(operator, pending, plan))).toBe('plan_changed');
    t.pass(1);
    const two = await t.accounts.bulk.plan(operator, pending, 'activate');
    await t.accounts.users.remove(operator, ada.id);
    await t.add('mallory', { isActive: false });
    expect(await outcomeOf(t.accounts.bulk.apply(operator, pending, two))).toBe('plan_changed');
    expect(await activeOf(t)).toBe(0);
  });

  test('a thousand at a time, each once, telling how far it is', async () => {
    await using t = await openAccounts();
    await populateMany(t, 'user', 2500, { isActive: false });
    const plan = await t.accounts.bulk.plan(operator, everybody, 'activate');
    const told: number[] = [];
    await t.accounts.bulk.apply(operator, everybody, plan, { onProgress: done => told.push(done) });
    expect(told).toEqual([1000, 2000, 2500]);
    expect(await t.rows('select version, is_active, count(*) as users from user group by 1, 2')).toEqual([
      { version: 2, is_active: 1, users: 2500 },
    ]);
  });

  test.each(['activate', 'delete'] as const)(
    'given up midway, %s leaves everything as it was',
    async action => {
      await using t = await openAccounts();
      await populateMany(t, 'user', 2500, { isActive: false });
      const before = await t.everything();
      const plan = await t.accounts.bulk.plan(operator, everybody, action);
      const giving = new AbortController();
      const applied = t.accounts.bulk.apply(operator, everybody, plan, {
        onProgress: () => giving.abort(new Error('not any more')),
        signal: giving.signal,
      });
      await expect(applied).rejects.toThrow('not any more');
      expect(await t.everything()).toEqual(before);
    },
  );
});

describe('undone', () => {
  test.each([
    ['activate', 'is_active'],
    ['deactivate', 'is_active'],
    ['promote', 'is_superuser'],
    ['demote', 'is_superuser'],
  ] as const)(
    '%s: those who were changed are as before, and nobody else is touched',
    async (action, flag) => {
      await using t = await openAccounts();
      await t.add('root', { isSuperuser: true });
      await t.add('sue', { isSuperuser: true });
      await t.add('ada');
      await t.add('bob', { isActive: false });
      const flags = () => t.rows(`select username, ${flag} from user order by username`);
      const before = await flags();
      const done = await act(t, everybody, action);
      expect(await flags()).not.toEqual(before);
      expect(await t.accounts.bulk.undo(operator, done)).toMatchObject({ touched: 0, touchedUsers: [] });
      expect(await flags()).toEqual(before);
    },
  );

  test('whoever was changed since stays, and is named; a change of the same millisecond, too', async () => {
    await using t = await openAccounts();
    const [ada, bob] = [await t.add('ada', { isActive: false }), await t.add('bob', { isActive: false })];
    await t.add('eve', { isActive: false });
    const done = await act(t, everybody, 'activate');
    await t.accounts.users.change(operator, ada.id, { username: 'lovelace' });
    await t.accounts.users.remove(operator, bob.id);
    const undone = await t.accounts.bulk.undo(operator, done);
    expect(undone.touched).toBe(2);
    expect(undone.touchedUsers?.map(({ username }) => username).sort()).toEqual(['ada', 'bob']);
    expect(await t.rows('select username, is_active from user order by username')).toEqual([
      { username: 'eve', is_active: 0 },
      { username: 'lovelace', is_active: 1 },
    ]);
  });

  test('the rules hold: undoing promotions leaves the last superuser', async () => {
    await using t = await openAccounts();
    const root = await t.add('root', { isSuperuser: true });
    const ada = await t.add('ada');
    const done = await act(t, { ids: [ada.id] }, 'promote');
    await t.accounts.users.change(operator, root.id, { isSuperuser: false });
    const { plan, refusedUsers } = await t.accounts.bulk.undo(operator, done);
    expect(plan).toMatchObject({ toChange: 0, refused: [{ reason: 'last_superuser', count: 1 }] });
    expect(refusedUsers).toEqual([{ id: ada.id, username: 'ada', reason: 'last_superuser' }]);
    expect((await t.find(ada.id))?.isSuperuser).toBe(true);
  });

  test('whom a rule keeps is named, each with its reason', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    await t.rows('update user set is_superuser = 0');
    for (const name of ['root', 'sue']) await t.add(name, { isSuperuser: true });
    const { actor } = await t.signIn('root');
    await t.rows("update user set is_superuser = 0 where username = 'root'");
    await t.add('eve');
    const done = await act(t, everybody, 'promote');
    const { plan, refusedUsers } = await t.accounts.bulk.undo(actor, done);
    expect(plan).toMatchObject({ total: 3, toChange: 1 });
    expect(refusedUsers).toMatchObject([
      { username: 'langinfra', reason: 'automatic_account' },
      { username: 'root', reason: 'own_superuser' },
    ]);
  });

  test('of more than ten thousand, whoever was changed since is counted only', async () => {
    await using t = await openAccounts();
    const [id = ''] = await populateMany(t, 'user', 10_001, { isActive: false });
    const done = await act(t, everybody, 'activate');
    await t.accounts.users.change(operator, id, { username: 'lovelace' });
    expect(await t.accounts.bulk.undo(operator, done)).toMatchObject({
      touched: 1,
      touchedUsers: undefined,
      plan: { toChange: 10_000 },
    });
  });

  test('deletions are not', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const done = await act(t, everybody, 'delete');
    expect(await outcomeOf(t.accounts.bulk.undo(operator, done))).toBe('not_undone');
    expect(await t.rows('select * from user')).toEqual([]);
  });
});
