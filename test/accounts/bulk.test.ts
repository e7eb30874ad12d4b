import { describe, expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf } from '../support/accounts.ts';

const idsOf = (users: readonly { id: string }[]): string[] => users.map(({ id }) => id);

describe('one action for many users', () => {
  test('the plan says what would happen, and nothing happens', async () => {
    await using t = await openAccounts();
    const root = await t.add('root', { isSuperuser: true });
    const users = [root, await t.add('ada'), await t.add('eve', { isActive: false })];
    const plan = await t.accounts.bulk.plan(operator, { ids: idsOf(users) }, 'deactivate');
    expect(plan).toEqual({
      action: 'deactivate',
      total: 3,
      toChange: 1,
      already: 1,
      refused: [{ reason: 'last_superuser', count: 1 }],
      lookAlike: 0,
    });
    expect(await t.find(users[1]?.id ?? '')).toEqual(users[1]);
  });

  test('the confirmed plan is applied as a whole, and undone as a whole', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const users = [await t.add('ada', { isActive: false }), await t.add('eve', { isActive: false })];
    const selection = { ids: idsOf(users) };
    const plan = await t.accounts.bulk.plan(operator, selection, 'activate');
    const done = await t.accounts.bulk.apply(operator, selection, plan);
    expect((await t.find(users[0]?.id ?? ''))?.isActive).toBe(true);
    expect((await t.find(users[1]?.id ?? ''))?.isActive).toBe(true);
    await t.accounts.bulk.undo(operator, done);
    expect((await t.find(users[0]?.id ?? ''))?.isActive).toBe(false);
    expect((await t.find(users[1]?.id ?? ''))?.isActive).toBe(false);
  });

  test('what would be something else by now is not done', async () => {
    await using t = await openAccounts();
    const ada = await t.add('ada', { isActive: false });
    const selection = { match: {}, except: [] };
    const plan = await t.accounts.bulk.plan(operator, selection, 'activate');
    await t.add('eve', { isActive: false });
    expect(await outcomeOf(t.accounts.bulk.apply(operator, selection, plan))).toBe('plan_changed');
    expect((await t.find(ada.id))?.isActive).toBe(false);
  });
});
