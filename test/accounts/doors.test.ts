import { expect, test } from 'vitest';
import { openAccounts, usual } from '../support/accounts.ts';

const from = { door: 'ssh', address: '192.0.2.7' } as const;

test('a session of the SSH door lasts as long as one of the console, and is told apart', async () => {
  await using t = await openAccounts({ settings: { sessionMaxSeconds: 60 } });
  await t.add('ada');
  const request = { username: 'ada', password: usual, door: 'ssh', source: from.address, from } as const;
  const { actor, session } = await t.accounts.signIn(request);
  expect(session).toMatchObject({ door: 'ssh', address: '192.0.2.7', refresh: null });
  t.pass(61);
  expect(await t.isSignedIn(actor)).toBe(false);
});

test('who changes the own password over SSH cannot guess the present one without end', async () => {
  await using t = await openAccounts();
  await t.add('ada');
  const request = { username: 'ada', password: usual, door: 'ssh', source: from.address, from } as const;
  const { actor } = await t.accounts.signIn(request);
  const guess = (current: string) => t.accounts.changeOwnPassword(actor, { current, next: 'another horse' });
  for (let count = 1; count <= 5; count += 1)
    await expect(guess(`guess ${count}`)).rejects.toMatchObject({ code: 'current_password_wrong' });
  await expect(guess(usual)).rejects.toMatchObject({ code: 'too_many_attempts' });
});
