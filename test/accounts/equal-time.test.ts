import { expect, test } from 'vitest';
import { openAccounts, outcomeOf } from '../support/accounts.ts';

const rounds = 60;

const medianOf = (times: readonly number[]): number =>
  [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;

// That bcrypt is given the same work is in equal-work.test.ts. This one measures whether that is all, in the time that the
// processor spends on it, of all threads: what a busy machine waits for is no difference between names. Times are compared
// with others of the same run only, taken in turns.
test('names that exist cannot be told from others by how long a failed sign-in takes', async () => {
  await using t = await openAccounts({ settings: { bcryptCost: 8 } });
  const low = await t.another({ settings: { bcryptCost: 6 } });
  await t.add('known');
  await t.add('inactive', { isActive: false });
  await low.add('low');
  const names = ['known', 'unknown', 'inactive', 'low'] as const;
  const times = Object.fromEntries(names.map(name => [name, [] as number[]]));
  const fail = async (name: string): Promise<number> => {
    const began = process.cpuUsage();
    expect(await outcomeOf(t.signIn(name, 'wrong horse', 'http'))).toBe('bad_credentials');
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
  for (const name of names) await fail(name);
  for (let round = 0; round < rounds; round += 1)
    // Each name comes first as often as any other.
    for (let at = 0; at < names.length; at += 1) {
      const name = names[(round + at) % names.length] ?? 'known';
      times[name]?.push(await fail(name));
    }
  const known = medianOf(times.known ?? []);
  for (const name of names) {
    const ratio = medianOf(times[name] ?? []) / known;
    expect([name, ratio > 0.8 && ratio < 1.25, ratio]).toEqual([name, true, ratio]);
  }
}, 120_000);
