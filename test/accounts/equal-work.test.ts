import bcrypt from 'bcrypt';
import { expect, test } from 'vitest';
import type { BcryptJob } from '../../src/accounts/bcrypt-lane.ts';
import { openAccounts, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

const costOf = (hash: string) => Number(/^\$2b\$(\d\d)\$.{53}$/.exec(hash)?.[1]);
const rounds = (costs: readonly number[]) => costs.reduce((sum, cost) => sum + 2 ** cost, 0);

/** The work of a failed check in bcrypt's rounds: it compares, and burns what it is told to. */
const workOf = (jobs: readonly BcryptJob[]) =>
  jobs.reduce((sum, job) => {
    if (job.kind === 'hash') return sum + rounds([job.cost]);
    return sum + rounds([costOf(job.hash), ...job.burn]);
  }, 0);

const workOfFailing = async (t: TestAccounts, username: string, password: string) => {
  const before = t.lane.jobs.length;
  expect(await outcomeOf(t.signIn(username, password))).toBe('bad_credentials');
  return workOf(t.lane.jobs.slice(before));
};

/** Passwords of all kinds: one that fits, one that bcrypt cannot hold, one it would cut, none. */
const wrongPasswords = ['wrong horse', `${usual}\0`, 'x'.repeat(100), ''];

test('every sign-in that fails costs the same work, whether the name exists or not', async () => {
  await using t = await openAccounts({ settings: { bcryptCost: 6 } });
  const automatic = await t.another({ settings: { autoLogin: true } });
  await automatic.accounts.bootstrap.prepare(undefined);
  const low = await t.another({ settings: { bcryptCost: 4 } });
  const middle = await t.another({ settings: { bcryptCost: 5 } });
  const high = await t.another({ settings: { bcryptCost: 7 } });
  await low.add('low');
  await middle.add('middle');
  await t.add('usual');
  await high.add('highest');
  await low.add('inactive', { isActive: false });
  await t.addRow('python', bcrypt.hashSync(usual, 5).replace('$2a$', '$2b$'));
  await t.addRow('damaged', 'sealed:v1:00000000:AAAA');
  await t.addRow('nonsense', 'nonsense');
  await t.addRow('Twin', 'nonsense');
  await t.addRow('twin', 'nonsense');

  const names = ['low', 'middle', 'usual', 'highest', 'inactive', 'python', 'damaged', 'nonsense'];
  for (const name of [...names, 'nobody', '', 'langinfra', 'TWIN', 'Twin']) {
    for (const password of wrongPasswords) {
      expect([name, await workOfFailing(t, name, password)]).toEqual([name, 2 ** 7]);
    }
  }
});

test('where the only user has a lower cost than new ones get, an unknown name costs as much as that user', async () => {
  await using t = await openAccounts({ settings: { bcryptCost: 8 } });
  const low = await t.another({ settings: { bcryptCost: 5 } });
  await low.add('low');
  expect(await workOfFailing(t, 'low', 'wrong horse')).toBe(2 ** 5);
  expect(await workOfFailing(t, 'nobody', 'wrong horse')).toBe(2 ** 5);
});

test('where nobody has a password yet, a sign-in costs what one would', async () => {
  await using t = await openAccounts({ settings: { bcryptCost: 6, autoLogin: true } });
  await t.accounts.bootstrap.prepare(undefined);
  expect(await workOfFailing(t, 'nobody', 'wrong horse')).toBe(2 ** 6);
  expect(await workOfFailing(t, 'langinfra', 'wrong horse')).toBe(2 ** 6);
});

test('the costs that are named are really spent: the hash compared with is one that bcrypt computes', async () => {
  await using t = await openAccounts({ settings: { bcryptCost: 4 } });
  await t.add('ada');
  await workOfFailing(t, 'nobody', 'wrong horse');
  const job = t.lane.jobs.at(-1);
  expect(job?.kind).toBe('compare');
  if (job?.kind !== 'compare') return;
  // bcrypt gives up at once on a salt or a length that it cannot read, and would take no time then.
  const salt = job.hash.slice(0, 29);
  expect(bcrypt.hashSync('wrong horse', salt)).toMatch(/^\$2b\$04\$/);
  expect(bcrypt.hashSync('wrong horse', salt).slice(0, 29)).toBe(salt);
  expect(job.hash).toHaveLength(60);
});
