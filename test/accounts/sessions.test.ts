import { describe, expect, test } from 'vitest';
import { openAccounts, operator, type TestAccounts, usual } from '../support/accounts.ts';

type Ending = (t: TestAccounts, ada: { id: string }) => Promise<unknown>;

/** Three sign-ins of ada in two processes, one of eve, and a superuser who does things to them. */
const signedInEverywhere = async () => {
  const t = await openAccounts();
  const other = await t.another();
  await t.add('root', { isSuperuser: true });
  const ada = await t.add('ada', { isSuperuser: true });
  await t.add('eve');
  const adas = [await t.signIn('ada'), await other.signIn('ada', usual, 'http'), await other.signIn('ada')];
  const [eve, root] = [await t.signIn('eve'), await other.signIn('root')];
  return {
    ...t,
    other,
    ada,
    adas: adas.map(({ actor }) => actor),
    eve: eve.actor,
    root: root.actor,
    /** Which of ada's three sign-ins still count, as each of the two processes sees it. */
    stillIn: async () => {
      const here = await Promise.all(adas.map(({ actor }) => t.isSignedIn(actor)));
      const there = await Promise.all(adas.map(({ actor }) => other.isSignedIn(actor)));
      expect(there).toEqual(here);
      expect(await t.isSignedIn(eve.actor)).toBe(true);
      return here;
    },
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  };
};

describe('all sessions of a user end, at once and in every process, nobody else’s', () => {
  const endings: [string, Ending][] = [
    ['deactivated', (t, { id }) => t.accounts.users.change(operator, id, { isActive: false })],
    ['demoted', (t, { id }) => t.accounts.users.change(operator, id, { isSuperuser: false })],
    ['reset', (t, { id }) => t.accounts.users.change(operator, id, { password: 'another horse' })],
    [
      'reset to the password it has',
      (t, { id }) => t.accounts.users.change(operator, id, { password: usual }),
    ],
    [
      'renamed and reset',
      (t, { id }) => t.accounts.users.change(operator, id, { username: 'joe', password: usual }),
    ],
    ['deleted', (t, { id }) => t.accounts.users.remove(operator, id)],
    [
      'made superuser again with a new password',
      t => t.accounts.users.makeSuperuser({ username: 'ada', password: 'another horse' }, { update: true }),
    ],
  ];
  test.each(endings)('when it is %s', async (_, end) => {
    await using t = await signedInEverywhere();
    expect(await t.stillIn()).toEqual([true, true, true]);
    await end(t, t.ada);
    expect(await t.stillIn()).toEqual([false, false, false]);
  });

  test.each(['isActive', 'isSuperuser'] as const)(
    'and do not come back when %s is given back',
    async flag => {
      await using t = await signedInEverywhere();
      await t.accounts.users.change(operator, t.ada.id, { [flag]: false });
      await t.accounts.users.change(operator, t.ada.id, { [flag]: true });
      expect(await t.stillIn()).toEqual([false, false, false]);
      expect(await t.isSignedIn((await t.signIn('ada')).actor)).toBe(true);
    },
  );
});

describe('sessions stay', () => {
  const harmless: [string, Ending][] = [
    ['renamed', (t, { id }) => t.accounts.users.change(operator, id, { username: 'joe' })],
    ['given a picture', (t, { id }) => t.accounts.users.change(operator, id, { profileImage: 'x.svg' })],
    [
      'saved without a change',
      (t, { id }) => t.accounts.users.change(operator, id, { isActive: true, isSuperuser: true }),
    ],
    ['signed in once more', t => t.signIn('ada')],
  ];
  test.each(harmless)('when the user is %s', async (_, happen) => {
    await using t = await signedInEverywhere();
    await happen(t, t.ada);
    expect(await t.stillIn()).toEqual([true, true, true]);
  });

  test('when an ordinary user is promoted, and they have its new rights', async () => {
    await using t = await signedInEverywhere();
    const everybody = { sort: 'username', order: 'asc' } as const;
    await expect(t.accounts.users.count(t.eve, everybody)).rejects.toThrow('enough privileges');
    await t.accounts.users.change(t.root, t.ada.id, { isSuperuser: false });
    await t.accounts.users.change(t.root, (await t.accounts.users.findByName(t.root, 'eve')).id, {
      isSuperuser: true,
    });
    expect(await t.accounts.users.count(t.eve, everybody)).toBe(3);
  });
});

test('changing one’s own password ends all of one’s sessions but the one it is done in', async () => {
  await using t = await signedInEverywhere();
  const [first, second] = t.adas;
  if (!first || !second) throw new Error('not signed in');
  await t.other.accounts.changeOwnPassword(second, { current: usual, next: 'another horse' });
  expect(await t.stillIn()).toEqual([false, true, false]);
});

test('signing out ends that session only, for good, and again is no error', async () => {
  await using t = await signedInEverywhere();
  const [, second] = t.adas;
  if (second?.kind !== 'session') throw new Error('not signed in');
  await t.accounts.sessions.end(second.sessionId);
  expect(await t.stillIn()).toEqual([true, false, true]);
  await t.accounts.sessions.end(second.sessionId);
  await t.signIn('ada');
  expect(await t.stillIn()).toEqual([true, false, true]);
});

test('an open console of another process hears of the end within a second', async () => {
  await using t = await signedInEverywhere();
  const [first] = t.adas;
  if (!first) throw new Error('not signed in');
  let screen: 'open' | 'back at the login screen' = 'open';
  t.other.accounts.onChange(async () => {
    if (!(await t.other.isSignedIn(first))) screen = 'back at the login screen';
  });
  // The first look of a watcher is what later ones are compared with.
  let looked = 0;
  t.other.store.onChange(() => {
    looked += 1;
  });
  await expect
    .poll(async () => {
      await t.signIn('eve');
      return looked;
    })
    .toBeGreaterThan(0);
  expect(screen).toBe('open');
  await t.accounts.users.change(operator, t.ada.id, { isActive: false });
  await expect.poll(() => screen, { timeout: 1000, interval: 20 }).toBe('back at the login screen');
});

describe('a session ends by itself', () => {
  const hour = 3600;
  test.each([
    [
      'on the console after LANGINFRA_SESSION_MAX_SECONDS',
      'local',
      { sessionMaxSeconds: 12 * hour },
      12 * hour,
    ],
    ['over HTTP when it can no longer be refreshed', 'http', { refreshTokenSeconds: 48 * hour }, 48 * hour],
  ] as const)('%s, not before', async (_, door, settings, seconds) => {
    await using t = await openAccounts({ settings });
    await t.add('ada');
    const { actor } = await t.signIn('ada', usual, door);
    t.pass(seconds - 1);
    expect(await t.isSignedIn(actor)).toBe(true);
    t.pass(1);
    expect(await t.isSignedIn(actor)).toBe(false);
  });

  test('never where the longest time is 0', async () => {
    await using t = await openAccounts({ settings: { sessionMaxSeconds: 0 } });
    await t.add('ada');
    const { actor, session } = await t.signIn('ada');
    expect(session.expiresAt).toBeNull();
    t.pass(100 * 365 * 24 * hour);
    expect(await t.isSignedIn(actor)).toBe(true);
  });

  test('on the console never after automatic sign-in; over HTTP that lasts as long as an access token', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true, sessionMaxSeconds: 60 } });
    await t.accounts.bootstrap.prepare(undefined);
    const [local, http] = [
      await t.accounts.signInAutomatically('local'),
      await t.accounts.signInAutomatically('http'),
    ];
    if (!local || !http) throw new Error('not signed in');
    t.pass(hour - 1);
    expect(await t.isSignedIn(http.actor)).toBe(true);
    t.pass(1);
    expect(await t.isSignedIn(http.actor)).toBe(false);
    t.pass(1000 * hour);
    expect(await t.isSignedIn(local.actor)).toBe(true);
  });

  test('and is cleared away by a later sign-in', async () => {
    await using t = await openAccounts({ settings: { sessionMaxSeconds: 60 } });
    await t.add('ada');
    await t.signIn('ada');
    t.pass(61);
    const { session } = await t.signIn('ada');
    expect(await t.rows('select id from session')).toEqual([{ id: session.id }]);
  });
});

test('where anybody may begin sessions of the automatic account, the audit keeps their ends as seldom as their beginnings', async () => {
  await using t = await openAccounts({ settings: { autoLogin: true } });
  await t.accounts.bootstrap.prepare(undefined);
  const once = async (): Promise<void> => {
    const signedIn = await t.accounts.signInAutomatically('browser');
    if (signedIn) await t.accounts.sessions.end(signedIn.session.id);
  };
  const kept = () => t.rows("select event from audit where event in ('signed_in', 'signed_out') order by id");
  const both = [{ event: 'signed_in' }, { event: 'signed_out' }];
  for (let n = 0; n < 3; n++) await once();
  expect(await kept()).toEqual(both);
  t.pass(120);
  await once();
  expect(await kept()).toEqual([...both, ...both]);
});

test('a session counts only for the user it was begun by', async () => {
  await using t = await signedInEverywhere();
  const [actor] = t.adas;
  if (actor?.kind !== 'session' || t.root.kind !== 'session') throw new Error('not signed in');
  expect(await t.isSignedIn({ ...actor, userId: t.root.userId })).toBe(false);
  expect(await t.isSignedIn({ ...actor, sessionId: 'f'.repeat(32) })).toBe(false);
  expect(await t.isSignedIn({ ...actor, sessionId: '' })).toBe(false);
});
