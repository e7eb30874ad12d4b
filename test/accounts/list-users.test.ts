import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { openAccounts, operator, outcomeOf, type TestProcess } from '../support/accounts.ts';

const byName = { sort: 'username', order: 'asc' } as const;
const nobody = { id: 'f'.repeat(32), place: ['m', ''] };

const readings: [string, (t: TestProcess, actor: Actor) => Promise<unknown>][] = [
  ['a page', (t, actor) => t.accounts.users.page(actor, byName, 'start', 10)],
  ['a page and how many there are', (t, actor) => t.accounts.users.pageOfAll(actor, byName, { skip: 0 }, 10)],
  ['the users around one', (t, actor) => t.accounts.users.around(actor, byName, nobody, 10)],
  ['how many there are', (t, actor) => t.accounts.users.count(actor, byName)],
  ['how many stand before one', (t, actor) => t.accounts.users.countBefore(actor, byName, nobody.place)],
  ['a user by name', (t, actor) => t.accounts.users.findByName(actor, 'root')],
];

describe('reading users', () => {
  test.each(readings)(
    '%s: by superusers and commands only, not by others and not after signing out',
    async (_, read) => {
      await using t = await openAccounts();
      await t.add('root', { isSuperuser: true });
      await t.add('ada');
      const [root, ada] = [await t.signIn('root'), await t.signIn('ada')];
      expect(await outcomeOf(read(t, operator))).toBe('done');
      expect(await outcomeOf(read(t, root.actor))).toBe('done');
      expect(await outcomeOf(read(t, ada.actor))).toBe('superuser_needed');
      await t.accounts.sessions.end(root.session.id);
      expect(await outcomeOf(read(t, root.actor))).toBe('session_ended');
    },
  );

  test('never gives a password or its hash', async () => {
    await using t = await openAccounts();
    await t.add('ada');
    const { users } = t.accounts;
    const read = [await users.page(operator, byName, 'start', 10), await users.findByName(operator, 'ada')];
    expect(JSON.stringify(read)).toContain('ada');
    expect(JSON.stringify(read)).not.toMatch(/password|sealed|\$2b\$/);
  });

  test('gives whoever reads the same users the same objects, and a changed one as it is now', async () => {
    await using t = await openAccounts();
    const ada = await t.add('ada');
    await t.add('bob');
    const { users } = t.accounts;
    const first = await users.page(operator, byName, 'start', 10);
    const [one, other] = await users.page(operator, byName, 'start', 10);
    expect([one, other]).toEqual(first);
    expect(one).toBe(first[0]);
    const around = await users.around(operator, byName, { id: ada.id, place: nobody.place }, 10);
    expect(around.users[1]).toBe(other);
    await users.change(operator, ada.id, { isActive: false });
    expect(await users.page(operator, byName, 'start', 1)).toMatchObject([{ user: { isActive: false } }]);
    expect(first[0]?.user.isActive).toBe(true);
  });

  test('a name that nobody has is said to be nobody’s, shown harmless', async () => {
    await using t = await openAccounts();
    await expect(t.accounts.users.findByName(operator, 'a\x1b[2Jda')).rejects.toMatchObject({
      code: 'no_user_named',
      exit: 4,
      message: 'There is no user a·[2Jda',
    });
  });
});

describe('the users around one', () => {
  const names = ['ada', 'bob', 'cy', 'dan', 'eve', 'fay', 'gus'];
  const scene = async () => {
    const t = await openAccounts();
    for (const name of names) await t.add(name);
    const all = await t.accounts.users.page(operator, byName, 'start', 100);
    return {
      ...t,
      around: async (name: string, reach: number, search?: string) => {
        const { user, place } = all.find(one => one.user.username === name) ?? {};
        if (!user || !place) throw new Error('not there');
        const found = await t.accounts.users.around(
          operator,
          { ...byName, search },
          { id: user.id, place },
          reach,
        );
        return { ...found, users: found.users.map(one => one.user.username) };
      },
      remove: async (name: string) => {
        const { id } = await t.accounts.users.findByName(operator, name);
        await t.accounts.users.remove(operator, id);
      },
      [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
    };
  };

  test('stand on both sides of it, and the ends of the list are known', async () => {
    await using t = await scene();
    expect(await t.around('dan', 2)).toEqual({
      users: ['bob', 'cy', 'dan', 'eve', 'fay'],
      at: 2,
      found: true,
      atStart: false,
      atEnd: false,
    });
    expect(await t.around('ada', 2)).toMatchObject({
      users: ['ada', 'bob', 'cy'],
      at: 0,
      atStart: true,
      atEnd: false,
    });
    expect(await t.around('gus', 2)).toMatchObject({
      users: ['eve', 'fay', 'gus'],
      at: 2,
      atStart: false,
      atEnd: true,
    });
    expect(await t.around('dan', 10)).toMatchObject({ users: names, at: 3, atStart: true, atEnd: true });
  });

  test('stay where it stood when it is gone: the cursor is on its neighbour', async () => {
    await using t = await scene();
    await t.remove('dan');
    expect(await t.around('dan', 2)).toMatchObject({
      users: ['bob', 'cy', 'eve', 'fay', 'gus'],
      at: 2,
      found: false,
    });
    await t.remove('gus');
    expect(await t.around('gus', 2)).toMatchObject({
      users: ['eve', 'fay'],
      at: 1,
      found: false,
      atEnd: true,
    });
  });

  test('are those that match: nobody, where none does', async () => {
    await using t = await scene();
    expect(await t.around('dan', 2, 'zz')).toEqual({
      users: [],
      at: -1,
      found: false,
      atStart: true,
      atEnd: true,
    });
    expect(await t.around('dan', 2, 'A')).toMatchObject({ users: ['ada', 'dan', 'fay'], at: 1, found: true });
  });
});
