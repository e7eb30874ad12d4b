import { expect, test } from 'vitest';
import { unlockedSentence } from '../../src/accounts/unlock.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts } from '../support/accounts.ts';

const here = '192.0.2.1';
const withFailures = async (...sources: string[]) => {
  const t = await openAccounts();
  const ada = await t.add('ada');
  for (const source of sources)
    for (let at = 0; at < 5; at += 1) await outcomeOf(t.signInFrom(source, 'ada', 'wrong horse'));
  return { ...t, ada };
};
const whyOf = async (t: TestAccounts, id: string) => {
  const user = await t.find(id);
  return user ? await t.accounts.users.whySignIn(operator, user) : [];
};

test('an unlocked user may try again at once, from everywhere, as if nothing had failed', async () => {
  await using t = await withFailures(here, '192.0.2.2');
  await t.rows('delete from throttle where about = ?', 'failures');
  expect(await outcomeOf(t.signInFrom(here, 'ada'))).toBe('too_many_attempts');
  expect(await t.accounts.users.unlock(operator, t.ada.id)).toEqual({
    user: t.ada,
    failures: 10,
    sources: [],
  });
  for (const source of [here, '192.0.2.2']) {
    for (let at = 0; at < 5; at += 1)
      expect(await outcomeOf(t.signInFrom(source, 'ada', 'wrong horse'))).toBe('bad_credentials');
    expect(await outcomeOf(t.signInFrom(source, 'ada'))).toBe('too_many_attempts');
  }
});

test('nobody else is unlocked by it, and the address keeps its failures', async () => {
  await using t = await withFailures(here);
  for (let at = 0; at < 5; at += 1) await outcomeOf(t.signInFrom(here, 'bob', 'wrong horse'));
  const failures = () => t.rows("select tries from throttle where about = 'failures'");
  expect(await failures()).toEqual([{ tries: 10 }]);
  await t.accounts.users.unlock(operator, t.ada.id);
  expect(await outcomeOf(t.signInFrom(here, 'bob'))).toBe('too_many_attempts');
  expect(await failures()).toEqual([{ tries: 10 }]);
});

test('only superusers unlock, and only users who are there', async () => {
  await using t = await withFailures(here);
  await t.add('root', { isSuperuser: true });
  const { actor } = await t.signIn('ada');
  expect(await outcomeOf(t.accounts.users.unlock(actor, t.ada.id))).toBe('superuser_needed');
  expect(await outcomeOf(t.signInFrom(here, 'ada'))).toBe('too_many_attempts');
  const root = (await t.signIn('root')).actor;
  expect(await outcomeOf(t.accounts.users.unlock(root, 'f'.repeat(32)))).toBe('user_not_found');
  expect(await outcomeOf(t.accounts.users.unlock(root, t.ada.id))).toBe('done');
  expect(await outcomeOf(t.signInFrom(here, 'ada'))).toBe('done');
});

test('whoever asks why a user cannot sign in hears where it has to wait, and how that ends', async () => {
  await using t = await withFailures(here);
  t.pass(1);
  await outcomeOf(t.signInFrom(here, 'ada', 'wrong horse'));
  expect(await whyOf(t, t.ada.id)).toEqual([
    `From ${here} it has to wait for another 2 seconds: 6 sign-ins failed there.`,
    'To let it try at once: langinfra users unlock ada',
    'ada can sign in with the right password: the account is active.',
  ]);
  t.pass(2);
  expect(await whyOf(t, t.ada.id)).toHaveLength(1);
});

test('of many addresses three are named', async () => {
  await using t = await withFailures('192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5');
  const sentences = await whyOf(t, t.ada.id);
  expect(sentences.filter(sentence => sentence.startsWith('From '))).toHaveLength(3);
  expect(sentences).toContain('So it has to at 2 more.');
});

test('an address with too many failures is named to whoever asks, and unlocked by its own', async () => {
  await using t = await withFailures(here);
  for (const name of ['eve', 'mallory', 'oscar'])
    for (let at = 0; at < 5; at += 1) await outcomeOf(t.signInFrom(here, name, 'wrong horse'));
  const bob = await t.add('bob');
  expect(await outcomeOf(t.signInFrom(here, 'bob'))).toBe('too_many_attempts');
  expect(await whyOf(t, bob.id)).toEqual([
    `From ${here} nobody can sign in for another 60 seconds: 20 sign-ins failed there in a minute. To end that: langinfra users unlock --source ${here}`,
    'bob can sign in with the right password: the account is active.',
  ]);
  const cleared = () =>
    t.rows("select event, detail from audit where event like '%lock%' and event != 'locked'");
  const unlocked = await t.accounts.users.unlock(operator, bob.id);
  expect(unlockedSentence('bob', unlocked)).toBe(
    `bob had no failed sign-ins that hold it up, but from ${here} nobody can sign in now`,
  );
  // Nothing was cleared, so nothing is written down.
  expect(await cleared()).toEqual([]);
  expect(unlockedSentence('ada', await t.accounts.users.unlock(operator, t.ada.id))).toBe(
    `ada can try again at once, but not from ${here}, where nobody can: 5 failed sign-ins forgotten`,
  );
  const ordinary = (await t.signIn('bob')).actor;
  expect(await outcomeOf(t.accounts.users.unlockSource(ordinary, here))).toBe('superuser_needed');
  expect(await outcomeOf(t.signInFrom(here, 'bob'))).toBe('too_many_attempts');
  expect(await t.accounts.users.unlockSource(operator, here)).toEqual({ source: here, failures: 20 });
  expect(await cleared()).toEqual([
    { event: 'lock_cleared', detail: '{}' },
    { event: 'source_unlocked', detail: JSON.stringify({ after: { source: here } }) },
  ]);
  expect(await outcomeOf(t.signInFrom(here, 'bob'))).toBe('done');
  expect(await t.accounts.users.unlockSource(operator, here)).toEqual({ source: here, failures: 0 });
});

test('the network of an address is unlocked by the words that name it', async () => {
  await using t = await withFailures('2001:db8::1');
  for (const name of ['eve', 'mallory', 'oscar'])
    for (let at = 0; at < 5; at += 1) await outcomeOf(t.signInFrom('2001:db8::2', name, 'wrong horse'));
  const bob = await t.add('bob');
  const [sentence] = await whyOf(t, bob.id);
  const [, source = ''] = /users unlock --source (\S+)$/.exec(sentence ?? '') ?? [];
  expect(await t.accounts.users.unlockSource(operator, source)).toEqual({ source, failures: 20 });
  expect(await outcomeOf(t.signInFrom('2001:db8::5', 'bob'))).toBe('done');
});

test.each(['foo', '192.0.2.1/8', ''])('%j is no address to unlock', async text => {
  await using t = await withFailures(here);
  await expect(t.accounts.users.unlockSource(operator, text)).rejects.toMatchObject({
    code: 'no_address',
    exit: 2,
    message: `${text || "''"} is no address. Use one like 192.0.2.1 or 2001:db8::1`,
  });
});
