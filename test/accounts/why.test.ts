import { describe, expect, test } from 'vitest';
import { dashed, userJson } from '../../src/accounts/user-json.ts';
import { openAccounts, operator, outcomeOf } from '../support/accounts.ts';

describe('why a user can sign in or cannot', () => {
  test('is said as a sign-in would find it out', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada', { isActive: false });
    const said = async () => {
      const user = await t.find(id);
      return user && (await t.accounts.users.whySignIn(operator, user)).join(' ');
    };
    const now = () => t.clock().toISOString().slice(0, 16).replace('T', ' ');
    expect(await said()).toBe(`ada cannot sign in: the account waits for approval since ${now()} UTC.`);
    await t.accounts.users.change(operator, id, { isActive: true });
    expect(await said()).toBe('ada can sign in with the right password: the account is active.');
    await t.accounts.users.change(operator, id, { mustChangePassword: true });
    expect(await said()).toMatch(/is active\. ada has to change the password at the next sign-in\.$/);
    await t.accounts.users.change(operator, id, { mustChangePassword: false });
    t.pass(3600);
    await t.signIn('ada');
    expect(await said()).toContain(`The last time was ${now()} UTC.`);
    await t.accounts.users.change(operator, id, { isActive: false });
    expect(await said()).toBe(
      `ada cannot sign in: the account is not active. It signed in last at ${now()} UTC.`,
    );
  });

  test('comes in the order of a sign-in: the wait, the password, the code, and what has to be done then', async () => {
    await using t = await openAccounts({ at: '2026-11-26T02:18:00Z' });
    const { id } = await t.add('ada');
    await t.enrol('ada');
    await t.accounts.users.change(operator, id, { mustChangePassword: true });
    for (let at = 0; at < 5; at += 1) await outcomeOf(t.signInFrom('192.0.2.1', 'ada', 'wrong horse'));
    const user = await t.find(id);
    const sentences = user ? await t.accounts.users.whySignIn(operator, user) : [];
    expect(sentences.map(sentence => sentence.slice(0, 24))).toEqual([
      'From 192.0.2.1 it has to',
      'To let it try at once: l',
      'ada can sign in with the',
      'A one-time code is asked',
      'If the phone is lost and',
      'ada has to change the pa',
    ]);
  });

  test('begins with a password that nobody can sign in with', async () => {
    await using t = await openAccounts();
    const whyOf = async (id: string) => {
      const user = await t.find(id);
      return user ? await t.accounts.users.whySignIn(operator, user) : [];
    };
    const bob = await t.addRow('bob', '');
    expect(await whyOf(bob)).toEqual([
      'bob cannot sign in: it has no password. To give it one: langinfra users passwd bob',
      'The account is active.',
    ]);
    expect((await t.accounts.users.details(operator, bob)).why).toEqual(await whyOf(bob));
    const ada = await t.add('ada', { isActive: false });
    const eve = await t.add('eve');
    await t.rows(
      'update user set password = (select password from user where id = ?) where id = ?',
      eve.id,
      ada.id,
    );
    expect(await whyOf(ada.id)).toEqual([
      'ada cannot sign in: its password does not open with the secret key. To give it one: langinfra users passwd ada',
      expect.stringMatching(/^ada cannot sign in: the account waits for approval since /),
    ]);
    await t.rows("update user set password = 'none of ours' where id = ?", eve.id);
    expect(await whyOf(eve.id)).toEqual([
      'eve cannot sign in: what is stored as its password is none. To give it one: langinfra users passwd eve',
      'The account is active.',
    ]);
    await t.accounts.users.change(operator, eve.id, { password: 'a battery of staples' });
    expect(await whyOf(eve.id)).toEqual(['eve can sign in with the right password: the account is active.']);
  });

  test('of the automatic account depends on the process that is asked', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const user = await t.store.read.users.automatic();
    if (!user) throw new Error('not there');
    const off = await t.another();
    const said = async (accounts: typeof t.accounts) =>
      (await accounts.users.whySignIn(operator, user)).join(' ');
    expect(await said(t.accounts)).toContain('Automatic sign-in is on here');
    expect(await said(off.accounts)).toContain('Automatic sign-in is off here');
    expect(await said(off.accounts)).toContain('it has no password');
  });

  test('a name that plays tricks on the screen is shown harmless', async () => {
    await using t = await openAccounts();
    const user = await t.find(await t.addRow('a\x1b[2J\u202eda', ''));
    for (let at = 0; user && at < 5; at += 1)
      await outcomeOf(t.signInFrom('192.0.2.1', user.username, 'wrong horse'));
    const sentences = user ? await t.accounts.users.whySignIn(operator, user) : [];
    expect(sentences.join(' ')).toContain('To let it try at once: langinfra users unlock ');
    expect(sentences.join(' ')).not.toMatch(/\p{C}/u);
    const said = sentences.find(sentence => sentence.includes('cannot sign in'));
    expect(said).toMatch(
      /^a·\[2J·da cannot sign in: it has no password\. To give it one: langinfra users passwd /,
    );
  });

  test('and whose name it looks like', async () => {
    await using t = await openAccounts();
    await t.add('paypal');
    const user = await t.add('pаypal', { isActive: false });
    expect(await t.accounts.users.doubts(operator, user)).toEqual([
      'pаypal has letters of several scripts: it may look like another name and be none',
      'pаypal looks like paypal',
    ]);
    expect(await t.accounts.users.doubts(operator, await t.add('ada'))).toEqual([]);
  });
});

test('a user as JSON has the fields of the API, dashed ids, times in UTC, and no password', async () => {
  await using t = await openAccounts();
  await t.add('ada');
  const { user } = await t.signIn('ada');
  expect(userJson(user)).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
    username: 'ada',
    profile_image: null,
    store_api_key: null,
    is_active: true,
    is_superuser: false,
    create_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    updated_at: user.updatedAt,
    last_login_at: user.lastLoginAt,
    version: 1,
  });
  expect(dashed(user.id).replaceAll('-', '')).toBe(user.id);
});
