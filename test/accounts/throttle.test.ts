import { describe, expect, test } from 'vitest';
import { type BcryptLane, createBcryptLane } from '../../src/accounts/bcrypt-lane.ts';
import { openAccounts, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

const here = '192.0.2.1';
const there = '198.51.100.7';
const wrong = 'wrong horse';

const withAda = async () => {
  const t = await openAccounts();
  await t.add('ada');
  return t;
};
type Try = { from?: string; as?: string; password?: string };
const tried = (
  t: Pick<TestAccounts, 'signInFrom'>,
  { from = here, as = 'ada', password = wrong }: Try = {},
) => outcomeOf(t.signInFrom(from, as, password));
const fail = async (t: TestAccounts, times: number, how: Try = {}) => {
  for (let at = 0; at < times; at += 1) expect(await tried(t, how)).toBe('bad_credentials');
};
/** How long the throttle says to wait, in seconds; nothing where it lets the try in. */
const waitOf = async (
  t: Pick<TestAccounts, 'signInFrom'>,
  { from = here, as = 'ada', password = wrong } = {},
) => {
  try {
    await t.signInFrom(from, as, password);
  } catch (error) {
    return (error as { retryAfter?: number }).retryAfter;
  }
  return undefined;
};

describe('failed sign-ins to an account from one source', () => {
  test('are free five times; then there is a delay that doubles from one second to 15 minutes', async () => {
    await using t = await withAda();
    await fail(t, 5);
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      expect(await waitOf(t)).toBe(seconds);
      t.pass(seconds - 0.1);
      expect(await waitOf(t, { password: usual })).toBe(1);
      t.pass(0.1);
      await fail(t, 1);
    }
  });

  test('hold up the right password too, before any work is spent on it, and say how long', async () => {
    await using t = await withAda();
    await fail(t, 5);
    t.pass(1);
    await fail(t, 1);
    const jobs = t.lane.jobs.length;
    await expect(t.signInFrom(here, 'ada')).rejects.toMatchObject({
      code: 'too_many_attempts',
      message: 'Too many failed sign-ins. Try again in 2 seconds',
      http: 429,
      exit: 6,
      retryAfter: 2,
    });
    expect(t.lane.jobs).toHaveLength(jobs);
    t.pass(2);
    expect(await tried(t, { password: usual })).toBe('done');
  });

  test('do not get longer by tries that are not let in', async () => {
    await using t = await withAda();
    await fail(t, 5);
    const before = await t.everything();
    for (let at = 0; at < 10; at += 1) expect(await waitOf(t)).toBe(1);
    expect(await t.everything()).toEqual(before);
  });

  test('are forgotten when a sign-in goes well', async () => {
    await using t = await withAda();
    for (let round = 0; round < 3; round += 1) {
      await fail(t, 4);
      expect(await tried(t, { password: usual })).toBe('done');
      t.pass(60);
    }
    await fail(t, 5);
    t.pass(1);
    expect(await tried(t, { password: usual })).toBe('done');
    await fail(t, 5);
    expect(await waitOf(t)).toBe(1);
  });

  test('are the same failures however the name is written', async () => {
    await using t = await withAda();
    await t.add('Zoë');
    for (const as of ['Zoë', 'zoë', 'ZOË', 'Zoe\u0308', 'zoe\u0308']) await fail(t, 1, { as });
    expect(await tried(t, { as: 'Zoë', password: usual })).toBe('too_many_attempts');
  });

  test('count for a name that does not exist like for one that does', async () => {
    await using t = await withAda();
    const course = async (as: string) => {
      const seen = [];
      for (let at = 0; at < 9; at += 1) seen.push(await waitOf(t, { as }));
      return seen;
    };
    expect(await course('nobody')).toEqual(await course('ada'));
    expect(await waitOf(t, { as: 'nobody' })).toBe(1);
  });

  test('hold up nobody else: not the account from elsewhere, not others from there, not the console', async () => {
    await using t = await withAda();
    await t.add('bob');
    await fail(t, 5);
    expect(await tried(t, { password: usual })).toBe('too_many_attempts');
    expect(await tried(t, { password: usual, from: there })).toBe('done');
    expect(await tried(t, { password: usual, as: 'bob' })).toBe('done');
    expect(await outcomeOf(t.signIn('ada'))).toBe('done');
    expect(await tried(t, { password: usual })).toBe('too_many_attempts');
  });

  test('are those of the whole IPv6 network that a client has', async () => {
    await using t = await withAda();
    for (const end of ['1', '2', '3', '4', 'ffff:ffff']) await fail(t, 1, { from: `2001:db8:0:1::${end}` });
    expect(await tried(t, { from: '2001:db8:0:1::9', password: usual })).toBe('too_many_attempts');
    expect(await tried(t, { from: '2001:db8:0:2::1', password: usual })).toBe('done');
  });

  test('are not those after the right password: pending and inactive users', async () => {
    await using t = await withAda();
    await t.add('newcomer', { isActive: false });
    for (let at = 0; at < 30; at += 1)
      expect(await tried(t, { as: 'newcomer', password: usual })).toBe('waiting_for_approval');
    await fail(t, 5, { as: 'newcomer' });
    expect(await tried(t, { as: 'newcomer', password: usual })).toBe('too_many_attempts');
  });
});

describe('of many sign-ins at once', () => {
  test('no more than the free ones learn whether their password was right', async () => {
    await using t = await withAda();
    const other = await t.another();
    const guesses = Array.from({ length: 13 }, (_, at) => tried(at % 2 ? t : other));
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter(outcome => outcome === 'bad_credentials')).toHaveLength(5);
    expect(outcomes.filter(outcome => outcome === 'too_many_attempts')).toHaveLength(8);
  });

  test('the right password among wrong ones goes in by those five or not at all', async () => {
    await using t = await withAda();
    const guesses = Array.from({ length: 12 }, (_, at) => tried(t, { password: at === 11 ? usual : wrong }));
    expect((await Promise.all(guesses)).at(-1)).toBe('too_many_attempts');
    expect(await t.rows('select * from session')).toEqual([]);
  });

  test('those that still wait to be checked are sent away, and no work is spent on them', async () => {
    const real = createBcryptLane(1);
    let checked = 0;
    const compare: BcryptLane['compare'] = async (...job) => {
      const matches = await real.compare(...job);
      checked += 1;
      return matches;
    };
    await using t = await openAccounts({ lane: { ...real, compare }, settings: { bcryptCost: 10 } });
    await t.add('ada');
    await t.add('bob');
    const guesses = Array.from({ length: 40 }, () => tried(t));
    const other = tried(t, { as: 'bob', password: usual });
    const outcomes = await Promise.all(guesses);
    expect(outcomes.filter(outcome => outcome === 'bad_credentials')).toHaveLength(5);
    expect(outcomes.filter(outcome => outcome === 'too_many_attempts')).toHaveLength(35);
    // Not another account's from there, which waited behind them.
    expect(await other).toBe('done');
    expect(checked).toBeLessThan(40);
    await real.close();
  });

  test('none with the right password is held up, and they write nothing of the throttle', async () => {
    await using t = await withAda();
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => tried(t, { password: usual })));
    expect(new Set(outcomes)).toEqual(new Set(['done']));
    expect(await t.rows('select * from throttle')).toEqual([]);
  });
});

describe('failed sign-ins from one source, to whatever accounts', () => {
  test('are at most 20 in any minute, wherever that begins', async () => {
    await using t = await withAda();
    for (let at = 0; at < 20; at += 1) {
      await fail(t, 1, { as: `name-${at}` });
      t.pass(2);
    }
    // The first of them was 40 seconds ago.
    expect(await waitOf(t, { as: 'another' })).toBe(20);
    expect(await waitOf(t, { password: usual })).toBe(20);
    expect(await tried(t, { from: there, password: usual })).toBe('done');
    t.pass(20);
    await fail(t, 1, { as: 'another' });
    expect(await waitOf(t, { as: 'and another' })).toBe(2);
  });

  test('of many at once, too', async () => {
    await using t = await withAda();
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, at) => tried(t, { as: `name-${at}` })));
    expect(outcomes.filter(outcome => outcome === 'bad_credentials')).toHaveLength(20);
  });

  test('are not forgotten when a sign-in goes well', async () => {
    await using t = await withAda();
    for (let at = 0; at < 19; at += 1) await fail(t, 1, { as: `name-${at}` });
    expect(await tried(t, { password: usual })).toBe('done');
    await fail(t, 1);
    expect(await tried(t, { password: usual })).toBe('too_many_attempts');
  });
});

describe('the local console', () => {
  test('is never locked out, and its failures count against nobody', async () => {
    await using t = await withAda();
    for (let at = 0; at < 30; at += 1)
      expect(await outcomeOf(t.signIn('ada', wrong))).toBe('bad_credentials');
    expect(await outcomeOf(t.signIn('ada'))).toBe('done');
    expect(await tried(t, { password: usual })).toBe('done');
    expect(await t.rows('select * from throttle')).toEqual([]);
  });
});

describe('what the throttle remembers', () => {
  test('is shared by all processes and outlives them', async () => {
    await using t = await withAda();
    const other = await t.another();
    for (let at = 0; at < 5; at += 1) expect(await tried(at % 2 ? t : other)).toBe('bad_credentials');
    expect(await tried(t)).toBe('too_many_attempts');
    expect(await tried(other)).toBe('too_many_attempts');
    await other.store.close();
    expect(await tried(await t.another(), { password: usual })).toBe('too_many_attempts');
  });

  test('tells nobody what was typed as the name, which may be a password', async () => {
    await using t = await withAda();
    await fail(t, 2, { as: 'my secret password' });
    const text = JSON.stringify(await t.everything());
    expect(text).not.toContain('my secret');
    const rows = async () =>
      (await t.rows<{ about: string }>('select about from throttle')).map(row => row.about);
    const [account] = (await rows()).filter(about => about.startsWith('account:'));
    expect(account).toMatch(/^account:[\w-]{43}$/);
    // Under another secret key it is another, so nobody can try names without that key.
    await using other = await openAccounts({ secretKey: 'another secret key of the tests, as long' });
    expect(await outcomeOf(other.signInFrom(there, 'my secret password', wrong))).toBe('bad_credentials');
    const others = await other.rows<{ about: string }>('select about from throttle');
    expect(others.map(row => row.about)).toEqual([expect.stringMatching(/^account:/), 'failures']);
    expect(others.map(row => row.about)).not.toContain(account);
  });

  test('is gone in an hour where it was free, else in a day, and makes room for the next', async () => {
    await using t = await withAda();
    const kept = async () => (await t.rows("select 1 from throttle where about like 'account:%'")).length;
    await fail(t, 4, { as: 'free' });
    await fail(t, 5);
    t.pass(3599);
    await fail(t, 1, { as: 'somebody' });
    expect(await kept()).toBe(3);
    t.pass(1);
    await fail(t, 1, { as: 'somebody' });
    expect(await kept()).toBe(2);
    await fail(t, 4, { as: 'free' });
    t.pass(86_400 - 3600 - 1);
    await fail(t, 1);
    expect(await waitOf(t)).toBe(2);
    t.pass(86_400);
    await fail(t, 5);
    expect(await waitOf(t)).toBe(1);
    expect(await kept()).toBe(1);
  });
});

describe('a clock that is set back by ten years', () => {
  const tenYears = 10 * 365 * 24 * 60 * 60;

  test('holds up nobody for longer than the delays, and the next failures count', async () => {
    await using t = await withAda();
    t.pass(tenYears);
    await fail(t, 5);
    expect(await waitOf(t)).toBe(1);
    t.pass(-tenYears);
    expect(await tried(t, { password: usual })).toBe('done');
    await fail(t, 5);
    expect(await waitOf(t)).toBe(1);
  });

  test('does not hold up a source whose minute was full', async () => {
    await using t = await withAda();
    t.pass(tenYears);
    for (let at = 0; at < 20; at += 1) await fail(t, 1, { as: `nobody-${at}` });
    expect(await waitOf(t)).toBe(60);
    t.pass(-tenYears);
    expect(await tried(t, { password: usual })).toBe('done');
  });

  test('a little, by less than a delay, ends none', async () => {
    await using t = await withAda();
    await fail(t, 5);
    t.pass(-0.5);
    expect(await waitOf(t)).toBe(2);
  });
});
