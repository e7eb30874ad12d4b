import { expect, test } from 'vitest';
import { openAccounts, operator, outcomeOf, type TestProcess, usual } from '../support/accounts.ts';

/** A database with people on it, and two processes: one that rehearses and one that means it. */
const scene = async () => {
  const t = await openAccounts();
  const root = await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada');
  const { actor } = await t.signIn('root');
  const asked: [string, (process: TestProcess) => Promise<unknown>][] = [
    ['adds a user', p => p.accounts.users.create(operator, { username: 'eve', password: usual })],
    [
      'adds one whose name is taken',
      p => p.accounts.users.create(operator, { username: 'ADA', password: usual }),
    ],
    ['adds one with a bad name', p => p.accounts.users.create(operator, { username: '', password: usual })],
    [
      'adds one with a bad password',
      p => p.accounts.users.create(operator, { username: 'eve', password: 'x' }),
    ],
    ['demotes the last superuser', p => p.accounts.users.change(operator, root.id, { isSuperuser: false })],
    ['deletes the last superuser', p => p.accounts.users.remove(operator, root.id)],
    ['deactivates itself', p => p.accounts.users.change(actor, root.id, { isActive: false })],
    ['renames to a name that is taken', p => p.accounts.users.change(operator, ada.id, { username: 'Root' })],
    [
      'changes what was changed meanwhile',
      p => p.accounts.users.change(operator, ada.id, { username: 'x' }, { version: 0 }),
    ],
    ['changes nobody', p => p.accounts.users.change(operator, 'nobody', { isActive: false })],
    ['changes nothing', p => p.accounts.users.change(operator, ada.id, { isActive: true })],
    ['resets a password', p => p.accounts.users.change(operator, ada.id, { password: 'another horse' })],
    [
      'renames and promotes',
      p => p.accounts.users.change(operator, ada.id, { username: 'eva', isSuperuser: true }),
    ],
    ['deletes', p => p.accounts.users.remove(operator, ada.id)],
  ];
  return { ...t, root, ada, asked, rehearsing: await t.another({ rehearsal: true }) };
};

test('a rehearsal says and refuses what the real thing would, and changes nothing', async () => {
  await using t = await scene();
  for (const [what, ask] of t.asked) {
    const before = await t.everything();
    const rehearsed = await outcomeOf(ask(t.rehearsing));
    expect(await t.everything(), what).toEqual(before);
    expect([what, await outcomeOf(ask(t))]).toEqual([what, rehearsed]);
  }
  expect(await t.rows('select username from user order by username')).toEqual([
    { username: 'eve' },
    { username: 'root' },
  ]);
});

test('a rehearsal tells nobody of a change', async () => {
  await using t = await scene();
  let heard = 0;
  t.rehearsing.store.onChange(() => {
    heard += 1;
  });
  for (const [, ask] of t.asked) await outcomeOf(ask(t.rehearsing));
  expect(heard).toBe(0);
});

test('a rehearsal gives the user as it would be', async () => {
  await using t = await scene();
  const { users } = t.rehearsing.accounts;
  expect(await users.change(operator, t.ada.id, { username: 'eva', isActive: false })).toMatchObject({
    username: 'eva',
    isActive: false,
    version: 2,
  });
  expect(await t.find(t.ada.id)).toEqual(t.ada);
  expect(await t.rehearsing.find(t.ada.id)).toEqual(t.ada);
});

test('a rehearsal ends no session, remembers no deleted name, and binds no secret key', async () => {
  await using t = await openAccounts();
  const rehearsing = await t.another({ rehearsal: true });
  await rehearsing.accounts.users.create(operator, { username: 'eve', password: usual });
  expect(await t.store.read.meta.get('secret_fingerprint')).toBeUndefined();
  const ada = await t.add('ada');
  const { actor } = await t.signIn('ada');
  await rehearsing.accounts.users.remove(operator, ada.id);
  expect(await t.store.read.meta.wasDeleted('ada')).toBe(false);
  await rehearsing.accounts.users.change(operator, ada.id, { isActive: false });
  expect(await t.isSignedIn(actor)).toBe(true);
});

test('a rehearsal that was refused leaves the database to others at once', async () => {
  await using t = await scene();
  const { users } = t.rehearsing.accounts;
  for (let time = 1; time <= 3; time += 1) {
    expect(await outcomeOf(users.remove(operator, t.root.id))).toBe('last_superuser');
    expect(await outcomeOf(t.add(`user ${time}`))).toBe('done');
  }
});
