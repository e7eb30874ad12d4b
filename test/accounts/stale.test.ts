import { describe, expect, test } from 'vitest';
import type { UserEdit } from '../../src/accounts/apply-edit.ts';
import { openAccounts, operator, outcomeOf } from '../support/accounts.ts';

describe('a change of a user whom somebody else changed meanwhile is refused, with both values', () => {
  const meanwhile: [UserEdit, string][] = [
    [{ isActive: false }, 'ada was changed meanwhile: Active was yes and is no'],
    [{ isSuperuser: true }, 'ada was changed meanwhile: Superuser was no and is yes'],
    [{ username: 'eve' }, 'eve was changed meanwhile: it was called ada'],
    [{ password: 'another horse' }, 'ada was changed meanwhile: it was version 1 and is 2'],
    [{ profileImage: 'x.svg' }, 'ada was changed meanwhile: it was version 1 and is 2'],
    [
      { username: 'eve', isActive: false, isSuperuser: true },
      'eve was changed meanwhile: it was called ada, Active was yes and is no, Superuser was no and is yes',
    ],
  ];

  test.each(meanwhile)('%j', async (theirs, words) => {
    await using t = await openAccounts();
    const other = await t.another();
    const seen = await t.add('ada');
    await other.accounts.users.change(operator, seen.id, theirs);
    const before = await t.everything();
    const sentence = `${words}. Nothing was changed now; look again`;
    const ours = { username: 'joe', isSuperuser: false, isActive: true };
    await expect(t.accounts.users.change(operator, seen.id, ours, seen)).rejects.toThrow(sentence);
    await expect(t.accounts.users.remove(operator, seen.id, seen)).rejects.toThrow(sentence);
    await expect(
      t.accounts.users.change(operator, seen.id, { password: 'our own horse' }, seen),
    ).rejects.toThrow(sentence);
    expect(await t.everything()).toEqual(before);
  });

  test('also where only the version was seen', async () => {
    await using t = await openAccounts();
    const { id, version } = await t.add('ada');
    await t.accounts.users.change(operator, id, { isActive: false });
    await expect(t.accounts.users.change(operator, id, { isSuperuser: true }, { version })).rejects.toThrow(
      'ada was changed meanwhile: it was version 1 and is 2',
    );
  });

  test('also where the change and its opposite bring back what was seen', async () => {
    await using t = await openAccounts();
    const seen = await t.add('ada');
    await t.accounts.users.change(operator, seen.id, { isActive: false });
    await t.accounts.users.change(operator, seen.id, { isActive: true });
    expect(await outcomeOf(t.accounts.users.change(operator, seen.id, { isActive: false }, seen))).toBe(
      'stale_change',
    );
  });

  test('a name that plays tricks on the screen is shown harmless', async () => {
    await using t = await openAccounts();
    const seen = await t.find(await t.addRow('a\u202eda\x1b[2J', ''));
    if (!seen) throw new Error('not there');
    await t.accounts.users.change(operator, seen.id, { username: 'eve' });
    const change = t.accounts.users.change(operator, seen.id, { isSuperuser: true }, seen);
    await expect(change).rejects.toThrow('it was called a·da·[2J.');
  });
});

describe('a change is not stale', () => {
  test('where nothing but a sign-in or a sealing happened meanwhile', async () => {
    await using t = await openAccounts();
    const seen = await t.add('ada');
    await (await t.another({ settings: { bcryptCost: 5 } })).signIn('ada');
    expect(await outcomeOf(t.accounts.users.change(operator, seen.id, { isActive: false }, seen))).toBe(
      'done',
    );
  });

  test('where no version is sent: then the last value wins', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    await t.accounts.users.change(operator, id, { username: 'eve' });
    expect(await t.accounts.users.change(operator, id, { isActive: false })).toMatchObject({
      username: 'eve',
      isActive: false,
      version: 3,
    });
  });
});

describe('two admins who press at once', () => {
  test('with what they saw: one of two different changes is refused, and never are both lost', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    for (let round = 1; round <= 10; round += 1) {
      const seen = await t.add(`user ${round}`);
      const outcomes = await Promise.all([
        outcomeOf(t.accounts.users.change(operator, seen.id, { isSuperuser: true }, seen)),
        outcomeOf(other.accounts.users.change(operator, seen.id, { isActive: false }, seen)),
      ]);
      expect(outcomes.toSorted()).toEqual(['done', 'stale_change']);
      expect(await t.find(seen.id)).toMatchObject({
        version: 2,
        isSuperuser: outcomes[0] === 'done',
        isActive: outcomes[1] !== 'done',
      });
    }
  });

  test('the same key do not undo each other: flags are set, not flipped', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    for (let round = 1; round <= 10; round += 1) {
      const seen = await t.add(`user ${round}`, { isActive: false });
      const pressed = [t, other].map(process =>
        outcomeOf(process.accounts.users.change(operator, seen.id, { isActive: true }, seen)),
      );
      expect(await Promise.all(pressed)).toEqual(['done', 'done']);
      expect(await t.find(seen.id)).toMatchObject({ isActive: true, version: 2 });
    }
  });

  test('without a version: both changes are kept, each has raised it', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    await t.add('root', { isSuperuser: true });
    const { id } = await t.add('ada');
    await Promise.all([
      t.accounts.users.change(operator, id, { isSuperuser: true }),
      other.accounts.users.change(operator, id, { isActive: false }),
    ]);
    expect(await t.find(id)).toMatchObject({ isSuperuser: true, isActive: false, version: 3 });
  });
});
