import { expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf } from '../support/accounts.ts';

test('each user once, whatever the case of a name, or nobody at all', async () => {
  await using t = await openAccounts();
  const [ada, bob] = [await t.add('ada'), await t.add('bob')];
  const { findByNames } = t.accounts.users;
  expect(await findByNames(operator, ['ada', 'bob', 'ADA'])).toEqual([ada, bob]);
  await expect(findByNames(operator, ['ada', 'eve'])).rejects.toThrow('There is no user eve');
  await expect(findByNames(operator, ['eve', 'ada', '\x1b[2J'])).rejects.toThrow(
    'There are no users eve, ·[2J',
  );
  const { actor } = await t.signIn('ada');
  expect(await outcomeOf(findByNames(actor, ['bob']))).toBe('superuser_needed');
});
