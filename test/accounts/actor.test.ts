import { describe, expect, test } from 'vitest';
import type { Transaction } from '../../src/store/open.ts';
import { timestampOf } from '../../src/store/values.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts, usual } from '../support/accounts.ts';

/**
 * Begins to do something while another process holds the database, lets that process do its part in the
 * meantime, and gives how the first one was answered. Whatever was asked before the transaction is asked by then.
 */
const meanwhile = async (
  t: TestAccounts,
  act: () => Promise<unknown>,
  happening: (tx: Transaction) => Promise<unknown>,
) => {
  const other = await t.another();
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = other.store.write(async tx => {
    begun.resolve();
    await goOn.promise;
    await happening(tx);
  });
  await begun.promise;
  const outcome = outcomeOf(act());
  for (let reads = 0; reads < 20; reads += 1) await t.find('whoever');
  goOn.resolve();
  await held;
  return outcome;
};

const scene = async () => {
  const t = await openAccounts();
  await t.add('other', { isSuperuser: true });
  await t.add('root', { isSuperuser: true });
  const root = await t.signIn('root');
  const ada = await t.add('ada');
  const { users } = t.accounts;
  return {
    ...t,
    root,
    acts: {
      'adds a user': () => users.create(root.actor, { username: 'eve', password: usual, isSuperuser: true }),
      'promotes a user': () => users.change(root.actor, ada.id, { isSuperuser: true }),
      'resets a password': () => users.change(root.actor, ada.id, { password: 'another horse' }),
      'deletes a user': () => users.remove(root.actor, ada.id),
    },
    /** What must not change. */
    people: () =>
      t.rows('select username, password, is_superuser, version from user where id != ?', root.user.id),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  };
};
type Scene = Awaited<ReturnType<typeof scene>>;

const acts = ['adds a user', 'promotes a user', 'resets a password', 'deletes a user'] as const;
const ends: [string, (t: Scene, tx: Transaction) => Promise<unknown>][] = [
  ['signed out', (t, tx) => tx.sessions.end(t.root.session.id)],
  ['deactivated', (t, tx) => tx.users.change(t.root.user.id, { isActive: false }, timestampOf(t.clock()))],
  [
    'deleted',
    async (t, tx) => {
      await tx.folders.removeOf(t.root.user.id);
      await tx.users.remove(t.root.user.id);
    },
  ],
];
const table = acts.flatMap(act => ends.map(([how, end]) => [act, how, end] as const));

describe('a superuser whose end came a moment earlier changes nothing any more', () => {
  test.each(table)('%s, %s meanwhile', async (act, _, end) => {
    await using t = await scene();
    const before = await t.people();
    expect(await meanwhile(t, t.acts[act], tx => end(t, tx))).toBe('session_ended');
    expect(await t.people()).toEqual(before);
  });

  test.each([
    ['adds a user', 'superuser_needed'],
    ['promotes a user', 'permission_denied'],
    ['resets a password', 'permission_denied'],
    ['deletes a user', 'superuser_needed'],
  ] as const)('%s, demoted meanwhile', async (act, code) => {
    await using t = await scene();
    const before = await t.people();
    // Past our rules, which would end the session too.
    const demote = (tx: Transaction) =>
      tx.users.change(t.root.user.id, { isSuperuser: false }, timestampOf(t.clock()));
    expect(await meanwhile(t, t.acts[act], demote)).toBe(code);
    expect(await t.people()).toEqual(before);
  });

  test.each(acts)('%s, the session having run out while it waited', async act => {
    await using t = await scene();
    const before = await t.people();
    expect(await meanwhile(t, t.acts[act], async () => t.pass(1_000_000))).toBe('session_ended');
    expect(await t.people()).toEqual(before);
  });
});

describe('while a password is hashed for them', () => {
  test.each([
    ['adds a user', 'a command demotes the superuser', { isSuperuser: false }],
    ['resets a password', 'a command demotes the superuser', { isSuperuser: false }],
    ['adds a user', 'a command deactivates the superuser', { isActive: false }],
    ['resets a password', 'a command deactivates the superuser', { isActive: false }],
  ] as const)('nobody who %s gets it done where %s', async (act, _, edit) => {
    await using t = await scene();
    const before = await t.people();
    t.lane.meanwhile(() => t.accounts.users.change(operator, t.root.user.id, edit));
    expect(await outcomeOf(t.acts[act]())).toBe('session_ended');
    expect(await t.people()).toEqual(before);
  });
});

describe('the automatic account', () => {
  test('changes users where automatic sign-in is on, and nothing with the same session where it is off', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    const off = await t.another();
    await t.accounts.bootstrap.prepare(undefined);
    const automatic = await t.accounts.signInAutomatically('http');
    if (!automatic) throw new Error('not signed in');
    const { actor } = automatic;
    const ada = await t.accounts.users.create(actor, { username: 'ada', password: usual });
    const before = await t.everything();
    const { users, changeOwnPassword } = off.accounts;
    const eve = { username: 'eve', password: usual };
    for (const asked of [
      users.create(actor, eve),
      users.change(actor, ada.id, { isActive: true }),
      users.change(actor, ada.id, { password: 'another horse' }),
      users.remove(actor, ada.id),
      users.findByName(actor, 'ada'),
      changeOwnPassword(actor, { next: 'another horse' }),
    ].map(outcomeOf)) {
      expect(await asked).toBe('session_ended');
    }
    expect(await t.everything()).toEqual(before);
    expect(await outcomeOf(t.accounts.users.change(actor, ada.id, { isActive: true }))).toBe('done');
  });
});
