import { expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf, usual } from '../support/accounts.ts';

test('the audit finds who had a name that belongs to nobody now, and who had it last', async () => {
  await using t = await openAccounts();
  const { users, audit } = t.accounts;
  const idOf = async (name: string) => (await audit.userNamed(operator, name)).id;
  const ada = await t.add('ada');
  await users.change(operator, ada.id, { username: 'lovelace' });
  expect(await audit.userNamed(operator, 'ADA')).toEqual({ id: ada.id, username: 'ada' });
  expect(await idOf('lovelace')).toBe(ada.id);

  const second = await t.add('ada', { password: usual });
  expect(await idOf('ada')).toBe(second.id);
  await users.remove(operator, second.id);
  expect(await idOf('ada')).toBe(second.id);

  await users.change(operator, ada.id, { username: 'ada' });
  await users.change(operator, ada.id, { username: 'countess' });
  expect(await idOf('ada')).toBe(ada.id);
  expect(await outcomeOf(audit.userNamed(operator, 'nobody'))).toBe('no_user_named');
});
