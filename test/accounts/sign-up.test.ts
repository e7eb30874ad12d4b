import { describe, expect, test } from 'vitest';
import { type OpenOptions, openAccounts, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

const here = '192.0.2.1';
const open = ({ settings, ...options }: OpenOptions = {}) =>
  openAccounts({ settings: { enableSignup: true, ...settings }, ...options });
const signUp = (t: Pick<TestAccounts, 'accounts'>, username: string, source?: string, password = usual) =>
  t.accounts.signUp({ username, password, source });
const usernames = async (t: TestAccounts) =>
  (await t.rows<{ username: string }>('select username from user order by username')).map(
    row => row.username,
  );

/** So many rows of users who wait for approval, put there past all rules. */
const addPending = (t: TestAccounts, count: number) =>
  t.rows(
    `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)
      insert into user (id, username, username_fold, password, is_active, is_superuser, create_at, updated_at)
      select printf('%032d', n), 'p' || n, 'p' || n, '', 0, 0, '2026-01-01', '2026-01-01' from numbers`,
    count,
  );

describe('who signs up', () => {
  test('is an ordinary user who waits for approval, with a default folder', async () => {
    await using t = await open();
    const user = await signUp(t, 'ada', here);
    expect(user).toMatchObject({ username: 'ada', isActive: false, isSuperuser: false, lastLoginAt: null });
    expect(await t.find(user.id)).toEqual(user);
    expect(await t.rows('select name from folder where user_id = ?', user.id)).toEqual([
      { name: 'My Projects' },
    ]);
    expect(await outcomeOf(t.signIn('ada'))).toBe('waiting_for_approval');
  });

  test('can sign in at once where LANGINFRA_NEW_USER_IS_ACTIVE says so', async () => {
    await using t = await open({ settings: { newUserIsActive: true } });
    expect(await signUp(t, 'ada')).toMatchObject({ isActive: true, isSuperuser: false });
    expect(await outcomeOf(t.signIn('ada'))).toBe('done');
  });

  test('is refused where sign-up is off', async () => {
    await using t = await openAccounts();
    expect(await outcomeOf(signUp(t, 'ada'))).toBe('sign_up_off');
    expect(await usernames(t)).toEqual([]);
  });

  test.each([
    ['ADA', usual, 'username_unavailable'],
    ['Langinfra', usual, 'username_reserved'],
    ['', usual, 'username_empty'],
    [' bob', usual, 'username_spaces'],
    ['bob', 'short', 'password_too_short'],
    ['bob the builder', 'Bob the Builder', 'password_is_username'],
    ['bob', 'x'.repeat(73), 'password_too_long'],
  ] as const)('as %j with %j is refused as any new user would be', async (name, password, code) => {
    await using t = await open();
    await t.add('ada');
    t.lane.jobs.length = 0;
    expect(await outcomeOf(signUp(t, name, here, password))).toBe(code);
    expect(await usernames(t)).toEqual(['ada']);
    expect(t.lane.jobs).toEqual([]);
  });

  test('for a name that somebody takes meanwhile is refused, and leaves nothing behind', async () => {
    await using t = await open();
    t.lane.meanwhile(() => t.add('ada'));
    expect(await outcomeOf(signUp(t, 'ada'))).toBe('username_unavailable');
    expect(await usernames(t)).toEqual(['ada']);
    expect(await t.rows('select id from folder')).toHaveLength(1);
  });
});

describe('where 1,000 wait for approval', () => {
  test('nobody signs up, superusers add users, and one fewer makes room again', async () => {
    await using t = await open();
    await addPending(t, 1000);
    t.lane.jobs.length = 0;
    await expect(signUp(t, 'ada', here)).rejects.toMatchObject({
      code: 'too_many_pending',
      message: 'Too many accounts wait for approval already. Ask a superuser to go through them',
      http: 409,
    });
    // Nothing was hashed for it, and nothing of it counts.
    expect(t.lane.jobs).toEqual([]);
    expect(await t.rows('select * from throttle')).toEqual([]);
    expect(await outcomeOf(t.add('bob', { isActive: false }))).toBe('done');
    await t.rows("update user set is_active = 1 where username in ('bob', 'p1')");
    expect(await outcomeOf(signUp(t, 'ada', here))).toBe('done');
    expect(await outcomeOf(signUp(t, 'eve', here))).toBe('too_many_pending');
  });

  test('of several at once no more get in than there is room', async () => {
    await using t = await open();
    await addPending(t, 998);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const outcomes = await Promise.all(names.map(name => outcomeOf(signUp(t, name))));
    expect(outcomes.filter(outcome => outcome === 'done')).toHaveLength(2);
    expect(outcomes.filter(outcome => outcome === 'too_many_pending')).toHaveLength(3);
  });

  test('whoever signed in before and was deactivated does not count', async () => {
    await using t = await open();
    await addPending(t, 1000);
    await t.rows("update user set last_login_at = '2026-01-02' where username = 'p1'");
    expect(await outcomeOf(signUp(t, 'ada'))).toBe('done');
  });

  test('who signs up all the same where new users are active: they do not wait', async () => {
    await using t = await open({ settings: { newUserIsActive: true } });
    await addPending(t, 1000);
    expect(await outcomeOf(signUp(t, 'ada'))).toBe('done');
  });
});

describe('sign-ups from one source', () => {
  test('are at most ten in an hour, those for names that are taken too, in all processes', async () => {
    await using t = await open();
    const other = await t.another({ settings: { enableSignup: true } });
    await t.add('ada');
    for (let at = 0; at < 5; at += 1) {
      expect(await outcomeOf(signUp(t, `new-${at}`, here))).toBe('done');
      expect(await outcomeOf(signUp(other, 'ada', here))).toBe('username_unavailable');
      t.pass(60);
    }
    for (const process of [t, other]) {
      await expect(signUp(process, 'one-more', here)).rejects.toMatchObject({
        code: 'too_many_sign_ups',
        message: 'Too many sign-ups from your address. Try again in 55 minutes',
        http: 429,
        retryAfter: 3300,
      });
    }
    expect(await outcomeOf(signUp(t, 'elsewhere', '192.0.2.2'))).toBe('done');
    t.pass(3300);
    expect(await outcomeOf(signUp(t, 'one-more', here))).toBe('done');
  });

  test('of many at once no more are hashed than that', async () => {
    await using t = await open();
    const names = Array.from({ length: 16 }, (_, at) => `new-${at}`);
    const outcomes = await Promise.all(names.map(name => outcomeOf(signUp(t, name, here))));
    expect(outcomes.filter(outcome => outcome === 'done')).toHaveLength(10);
    expect(t.lane.jobs).toHaveLength(10);
  });

  test('that the rules for names and passwords refuse do not count', async () => {
    await using t = await open();
    for (let at = 0; at < 20; at += 1)
      expect(await outcomeOf(signUp(t, 'ada', here, 'short'))).toBe('password_too_short');
    expect(await outcomeOf(signUp(t, 'ada', here))).toBe('done');
  });

  test('at the local console are not held up', async () => {
    await using t = await open();
    for (let at = 0; at < 12; at += 1) expect(await outcomeOf(signUp(t, `new-${at}`))).toBe('done');
  });

  test('hold up no sign-in, and failed sign-ins no sign-up', async () => {
    await using t = await open({ settings: { newUserIsActive: true } });
    for (let at = 0; at < 10; at += 1) await signUp(t, `new-${at}`, here);
    expect(await outcomeOf(t.signInFrom(here, 'new-0'))).toBe('done');
    for (let at = 0; at < 20; at += 1) await outcomeOf(t.signInFrom('192.0.2.2', `name-${at}`));
    expect(await outcomeOf(signUp(t, 'ada', '192.0.2.2'))).toBe('done');
  });
});
