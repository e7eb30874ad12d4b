import { describe, expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf, usual } from '../support/accounts.ts';

describe('langinfra superuser', () => {
  const root = { username: 'root', password: usual };

  test('makes one who can sign in, with the default folder', async () => {
    await using t = await openAccounts();
    const made = await t.accounts.users.makeSuperuser(root, { update: false });
    expect(made).toMatchObject({ created: true, folderCreated: true });
    expect(made.user).toMatchObject({ username: 'root', isActive: true, isSuperuser: true });
    expect((await t.signIn('root')).user.id).toBe(made.user.id);
  });

  test('leaves an existing user alone without --update, however the name is spelled', async () => {
    await using t = await openAccounts();
    await t.add('Root');
    const before = await t.everything();
    for (const update of [{ username: 'Root' }, { username: 'ROOT' }]) {
      await expect(
        t.accounts.users.makeSuperuser({ ...root, ...update }, { update: false }),
      ).rejects.toMatchObject({ code: 'user_exists', exit: 3, message: expect.stringContaining('Root') });
    }
    expect(await t.everything()).toEqual(before);
  });

  test('with --update promotes, activates and resets an existing user, and ends its sessions', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('Root');
    const { actor } = await t.signIn('Root');
    await t.rows('delete from folder');
    const again = { username: 'rOOT', password: 'another horse' };
    const made = await t.accounts.users.makeSuperuser(again, { update: true });
    expect(made).toMatchObject({ created: false, folderCreated: true });
    expect(made.user).toMatchObject({ id, username: 'Root', isActive: true, isSuperuser: true, version: 2 });
    expect(await t.isSignedIn(actor)).toBe(false);
    expect(await outcomeOf(t.signIn('Root'))).toBe('bad_credentials');
    expect(await outcomeOf(t.signIn('Root', 'another horse'))).toBe('done');
  });

  test('with --update makes an inactive user able to sign in, and a missing one', async () => {
    await using t = await openAccounts();
    await t.add('root', { isActive: false });
    await t.accounts.users.makeSuperuser(root, { update: true });
    expect(await outcomeOf(t.signIn('root'))).toBe('done');
    const made = await t.accounts.users.makeSuperuser({ ...root, username: 'new' }, { update: true });
    expect(made.created).toBe(true);
  });

  test('never touches the automatic account, nor takes its name', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    const langinfra = { username: 'LangInfra', password: usual };
    expect(await outcomeOf(t.accounts.users.makeSuperuser(langinfra, { update: true }))).toBe(
      'username_reserved',
    );
    await t.accounts.bootstrap.prepare(undefined);
    const before = await t.everything();
    expect(await outcomeOf(t.accounts.users.makeSuperuser(langinfra, { update: true }))).toBe(
      'automatic_account',
    );
    expect(await t.everything()).toEqual(before);
  });

  test('does not make a second user of a name that is taken while it hashes', async () => {
    await using t = await openAccounts();
    t.lane.meanwhile(() => t.add('ROOT'));
    expect(await outcomeOf(t.accounts.users.makeSuperuser(root, { update: true }))).toBe(
      'username_unavailable',
    );
    expect(await t.rows('select username, is_superuser from user')).toEqual([
      { username: 'ROOT', is_superuser: 0 },
    ]);
  });

  test('does not say done for a user who was deleted while it hashed', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('root');
    t.lane.meanwhile(() => t.accounts.users.remove(operator, id));
    expect(await outcomeOf(t.accounts.users.makeSuperuser(root, { update: true }))).toBe('user_not_found');
    expect(await t.rows('select * from user')).toEqual([]);
  });

  test('does not say done where the stored password does not verify', async () => {
    await using t = await openAccounts();
    await t.add('root');
    await t.rows(
      "create trigger spoil after update of password on user begin update user set password = 'x' where id = new.id; end",
    );
    await expect(t.accounts.users.makeSuperuser(root, { update: true })).rejects.toThrow(
      'the stored password does not verify',
    );
  });

  test('makes a superuser again whose name was deleted', async () => {
    await using t = await openAccounts();
    await t.add('other', { isSuperuser: true });
    const { id } = await t.add('root', { isSuperuser: true });
    await t.accounts.users.remove(operator, id);
    expect(await t.store.read.meta.wasDeleted('root')).toBe(true);
    await t.accounts.users.makeSuperuser(root, { update: false });
    expect(await t.store.read.meta.wasDeleted('root')).toBe(false);
  });
});
