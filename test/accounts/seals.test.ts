import { expect, test } from 'vitest';
import { openAccounts, operator, type TestAccounts } from '../support/accounts.ts';

/** What a check says of the passwords, where ada's is stored as that. */
const passwords = async (t: TestAccounts, stored: string) => {
  const ada = await t.add('ada');
  await t.rows('update user set password = ? where id = ?', stored, ada.id);
  return (await t.accounts.check()).find(({ name }) => name === 'Passwords');
};

const rest = 'x'.repeat(53);

test.each(['$2a$04$', '$2b$12$', '$2y$10$'])('a plain hash of %s waits to be sealed', async start => {
  await using t = await openAccounts();
  expect(await passwords(t, start + rest)).toMatchObject({
    problems: [],
    said: expect.stringContaining('1 to be sealed at the next sign-in'),
  });
});

test.each(['garbage', `$2x$12$${rest}`, `$2b$1$${rest}`, `$2b$12$${rest}x`, `$2b$12$${rest}\n`, '$2b$12$'])(
  'what is neither sealed nor a hash is found: %j',
  async stored => {
    await using t = await openAccounts();
    expect(await passwords(t, stored)).toMatchObject({
      problems: ['ada has a password that is neither sealed nor a bcrypt hash'],
    });
    // A new one mends it.
    const ada = (await t.rows<{ id: string }>("select id from user where username = 'ada'"))[0]?.id ?? '';
    await t.accounts.users.change(operator, ada, { password: 'another horse' });
    const checks = await t.accounts.check();
    expect(checks.find(({ name }) => name === 'Passwords')?.problems).toEqual([]);
  },
);
