import { describe, expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf, type TestAccounts } from '../support/accounts.ts';

describe('a deleted user', () => {
  test('is gone with its folders and sessions; other people’s stay', async () => {
    await using t = await openAccounts();
    const [ada, eve] = [await t.add('ada'), await t.add('eve')];
    const signedIn = [await t.signIn('ada'), await t.signIn('ada', undefined, 'http')];
    const stays = await t.signIn('eve');
    await t.rows(
      "insert into folder (id, name, parent_id, user_id) select 'inner', 'Inner', id, user_id from folder where user_id = ?",
      ada.id,
    );
    expect(await t.accounts.users.remove(operator, ada.id)).toMatchObject({ id: ada.id, username: 'ada' });
    expect(await t.find(ada.id)).toBeUndefined();
    expect(await t.rows('select user_id from folder')).toEqual([{ user_id: eve.id }]);
    expect(await t.rows('select id from session')).toEqual([{ id: stays.session.id }]);
    for (const { actor } of signedIn) expect(await t.isSignedIn(actor)).toBe(false);
    expect(await t.isSignedIn(stays.actor)).toBe(true);
    expect(await outcomeOf(t.signIn('ada'))).toBe('bad_credentials');
  });

  test('is remembered by name, in any case, until somebody gets that name again', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('Ada');
    const remembered = () => t.store.read.meta.wasDeleted('aDA');
    expect(await remembered()).toBe(false);
    await t.accounts.users.remove(operator, id);
    expect(await remembered()).toBe(true);
    expect(await t.store.read.meta.wasDeleted('eve')).toBe(false);
    const again = await t.add('ada');
    expect(await remembered()).toBe(false);
    expect(again.id).not.toBe(id);
  });

  test('may be deleted by a superuser who is signed in', async () => {
    await using t = await openAccounts();
    await t.add('root', { isSuperuser: true });
    const { actor } = await t.signIn('root');
    const ada = await t.add('ada', { isSuperuser: true });
    await t.accounts.users.remove(actor, ada.id, ada);
    expect(await t.rows('select username from user')).toEqual([{ username: 'root' }]);
  });
});

/** What the Python Langinfra has beside the tables that are ours too. */
const addPythonTable = (t: TestAccounts) =>
  t.rows(`create table flow (id varchar primary key, user_id references user (id),
    folder_id references folder (id))`);
const addApiKey = async (t: TestAccounts, username: string) =>
  t.accounts.apiKeys.create((await t.signIn(username)).actor, {});
const pythonRows = async (t: TestAccounts) => ({
  ...(await t.everything()),
  flows: await t.rows('select * from flow'),
});

test('the API keys of a user go with it; other people’s stay', async () => {
  await using t = await openAccounts();
  const [ada, eve] = [await t.add('ada'), await t.add('eve')];
  for (const { username } of [ada, eve]) await addApiKey(t, username);
  expect(await outcomeOf(t.accounts.users.remove(operator, ada.id))).toBe('done');
  expect(await t.rows('select user_id from apikey')).toEqual([{ user_id: eve.id }]);
});

describe('a user is not deleted, and nothing of it goes', () => {
  test('when it is the account one is signed in with', async () => {
    await using t = await openAccounts();
    await t.add('other', { isSuperuser: true });
    const { id } = await t.add('root', { isSuperuser: true });
    const { actor } = await t.signIn('root');
    const before = await t.everything();
    await expect(t.accounts.users.remove(actor, id)).rejects.toThrow(
      "You can't delete your own user account",
    );
    expect(await t.everything()).toEqual(before);
  });

  test('when it is the last superuser, not even by a command', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    await t.add('sleeping', { isSuperuser: true, isActive: false });
    const { id } = await t.add('root', { isSuperuser: true });
    const automatic = await t.accounts.signInAutomatically('local');
    if (!automatic) throw new Error('not signed in');
    const before = await t.everything();
    for (const actor of [operator, automatic.actor]) {
      await expect(t.accounts.users.remove(actor, id)).rejects.toThrow('The last superuser stays');
    }
    expect(await t.everything()).toEqual(before);
  });

  test('when it is the automatic account, in any process', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    await t.add('root', { isSuperuser: true });
    const { actor } = await t.signIn('root');
    const { id = '' } = (await t.store.read.users.automatic()) ?? {};
    const before = await t.everything();
    for (const process of [t, await t.another()]) {
      expect(await outcomeOf(process.accounts.users.remove(operator, id))).toBe('automatic_account');
      expect(await outcomeOf(process.accounts.users.remove(actor, id))).toBe('automatic_account');
    }
    expect(await t.everything()).toEqual(before);
  });

  test.each([
    ['owns a flow', (id: string) => ({ userId: id, folder: undefined })],
    ['has a flow in a folder', (id: string) => ({ userId: undefined, folder: id })],
  ])('when it %s of the Python Langinfra', async (_, flowOf) => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    await addPythonTable(t);
    await addApiKey(t, 'ada');
    const { userId, folder } = flowOf(id);
    await t.rows(
      'insert into flow select ?, ?, (select id from folder where user_id = ?)',
      'flow',
      userId,
      folder,
    );
    const before = await pythonRows(t);
    expect(await outcomeOf(t.accounts.users.remove(operator, id))).toBe('user_has_data');
    expect(await pythonRows(t)).toEqual(before);
  });

  test('when it is gone already, or never was', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada');
    await t.accounts.users.remove(operator, id);
    for (const gone of [id, 'f'.repeat(32), '', "' or 1=1 --"]) {
      expect(await outcomeOf(t.accounts.users.remove(operator, gone))).toBe('user_not_found');
    }
  });

  test('twice, by two who do it at once: the second is told that it is gone', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const { id } = await t.add('ada');
    const asked = [t, other].map(process => outcomeOf(process.accounts.users.remove(operator, id)));
    expect((await Promise.all(asked)).sort()).toEqual(['done', 'user_not_found']);
  });
});
