import { describe, expect, test } from 'vitest';
import type { KeyWish } from '../../src/accounts/api-keys.ts';
import { timestampOf } from '../../src/store/values.ts';
import {
  openAccounts,
  operator,
  outcomeOf,
  type TestAccounts,
  type TestProcess,
  usual,
} from '../support/accounts.ts';

const at = '2026-01-01T00:00:00.000Z';
const year = 365 * 24 * 60 * 60;

/** A new user who is signed in. */
const person = async (t: TestAccounts, username: string, more: { isSuperuser?: boolean } = {}) => {
  await t.add(username, more);
  return t.signIn(username);
};
/** Somebody with a key, and what the key can do by now. */
const keyHolder = async (t: TestAccounts, username = 'ada', wish: KeyWish = {}) => {
  const { actor, user } = await person(t, username);
  const made = await t.accounts.apiKeys.create(actor, wish);
  const verify = (process: TestProcess = t) => outcomeOf(process.accounts.apiKeys.verify(made.clear));
  return { actor, user, ...made, verify };
};
const namesOf = async (t: TestAccounts, actor: Parameters<typeof t.accounts.apiKeys.list>[0]) =>
  (await t.accounts.apiKeys.list(actor)).map(({ name }) => name);

describe('a new key', () => {
  test('is sk- and 43 random characters, stands for its user, and is kept nowhere', async () => {
    await using t = await openAccounts();
    const { actor, user, key, clear } = await keyHolder(t, 'ada', { name: 'backup' });
    expect(clear).toMatch(/^sk-[\w-]{43}$/);
    expect(key).toMatchObject({ name: 'backup', userId: user.id, expiresAt: null, totalUses: 0 });
    const again = await t.accounts.apiKeys.create(actor, {});
    expect(again.clear).not.toBe(clear);
    expect(again.key.name).toBeNull();
    const asking = await t.accounts.apiKeys.verify(clear);
    expect(asking).toEqual({ actor: { kind: 'apiKey', keyId: key.id, userId: user.id }, user });
    expect(JSON.stringify(await t.everything())).not.toContain(clear.slice(8));
  });

  test.each<[string, KeyWish, string]>([
    ['an empty name', { name: '' }, 'done'],
    ['100 letters', { name: '😀'.repeat(100) }, 'done'],
    ['101 letters', { name: 'x'.repeat(101) }, 'api_key_name_too_long'],
    ['a line break', { name: 'a\nb' }, 'api_key_name_unprintable'],
    ['NUL', { name: 'a\0' }, 'api_key_name_unprintable'],
    ['half a character', { name: 'a\ud800' }, 'api_key_name_unprintable'],
    ['letters that go the other way', { name: 'a\u202eb' }, 'api_key_name_unprintable'],
    ['a second', { expiresInSeconds: 1 }, 'done'],
    ['ten years', { expiresInSeconds: 10 * year }, 'done'],
    ['more than ten years', { expiresInSeconds: 10 * year + 1 }, 'api_key_lifetime'],
    ['no time', { expiresInSeconds: 0 }, 'api_key_lifetime'],
    ['a time that is over', { expiresInSeconds: -1 }, 'api_key_lifetime'],
    ['not a number', { expiresInSeconds: Number.NaN }, 'api_key_lifetime'],
  ])('with %s: %s', async (_, wish, outcome) => {
    await using t = await openAccounts();
    const { actor } = await person(t, 'ada');
    expect(await outcomeOf(t.accounts.apiKeys.create(actor, wish))).toBe(outcome);
    expect(await t.accounts.apiKeys.list(actor)).toHaveLength(outcome === 'done' ? 1 : 0);
  });

  test('has its name in NFC', async () => {
    await using t = await openAccounts();
    const { key } = await keyHolder(t, 'ada', { name: 'Zoe\u0308' });
    expect(key.name).toBe('Zoë');
  });

  test('is one of a hundred at the most, whoever makes them at the same time', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const { actor } = await person(t, 'ada');
    const { actor: eve } = await person(t, 'eve');
    for (let made = 0; made < 99; made += 1) await t.accounts.apiKeys.create(actor, {});
    const asked = [t, other].map(process => outcomeOf(process.accounts.apiKeys.create(actor, {})));
    expect((await Promise.all(asked)).sort()).toEqual(['done', 'too_many_api_keys']);
    await expect(t.accounts.apiKeys.create(actor, {})).rejects.toThrow(
      'A user has at most 100 API keys. Delete one first',
    );
    expect(await outcomeOf(t.accounts.apiKeys.create(eve, {}))).toBe('done');
    const [first] = await t.accounts.apiKeys.list(actor);
    await t.accounts.apiKeys.remove(actor, first?.id ?? '');
    expect(await outcomeOf(t.accounts.apiKeys.create(actor, {}))).toBe('done');
  });

  test('takes the place of those of the same user that have expired', async () => {
    await using t = await openAccounts({ at });
    const { actor } = await keyHolder(t, 'ada', { name: 'expired', expiresInSeconds: 10 });
    const { actor: eve } = await keyHolder(t, 'eve', { name: 'of eve', expiresInSeconds: 10 });
    t.pass(10);
    expect(await namesOf(t, actor)).toEqual(['expired']);
    await t.accounts.apiKeys.create(actor, { name: 'new' });
    expect(await namesOf(t, actor)).toEqual(['new']);
    expect(await namesOf(t, eve)).toEqual(['of eve']);
  });

  test('is not for a command, which is nobody, nor for who signed out', async () => {
    await using t = await openAccounts();
    const { actor, session } = await person(t, 'ada');
    await t.accounts.sessions.end(session.id);
    for (const asking of [operator, actor]) {
      expect(await outcomeOf(t.accounts.apiKeys.create(asking, {}))).toBe('session_ended');
      expect(await outcomeOf(t.accounts.apiKeys.list(asking))).toBe('session_ended');
    }
    expect(await t.rows('select * from apikey')).toEqual([]);
  });
});

describe('a key counts', () => {
  test('until its last second, and not from then on', async () => {
    await using t = await openAccounts({ at });
    const { key, verify } = await keyHolder(t, 'ada', { expiresInSeconds: 60 });
    expect(key.expiresAt).toBe('2026-01-01T00:01:00.000000Z');
    t.pass(59);
    expect(await verify()).toBe('done');
    t.pass(1);
    expect(await verify()).toBe('bad_api_key');
  });

  test('for ever, where nothing else was asked for', async () => {
    await using t = await openAccounts();
    const { verify } = await keyHolder(t);
    t.pass(50 * year);
    expect(await verify()).toBe('done');
  });

  test('not where the database says it is not active', async () => {
    await using t = await openAccounts();
    const { verify } = await keyHolder(t);
    await t.rows('update apikey set is_active = 0');
    expect(await verify()).toBe('bad_api_key');
  });

  test('not while its user is inactive, in no process, and again when the user is active', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const { user, verify } = await keyHolder(t);
    await t.accounts.users.change(operator, user.id, { isActive: false });
    for (const process of [t, other]) expect(await verify(process)).toBe('inactive_user');
    await other.accounts.users.change(operator, user.id, { isActive: true });
    for (const process of [t, other]) expect(await verify(process)).toBe('done');
  });

  test('through a sign-out, a change of the password, and a reset of it', async () => {
    await using t = await openAccounts();
    const { actor, user, session } = await person(t, 'ada');
    const { clear } = await t.accounts.apiKeys.create(actor, {});
    await t.accounts.changeOwnPassword(actor, { current: usual, next: 'another horse' });
    await t.accounts.users.change(operator, user.id, { password: 'a third horse' });
    await t.accounts.sessions.end(session.id);
    expect(await outcomeOf(t.accounts.apiKeys.verify(clear))).toBe('done');
  });

  test('with the rights that its user has by now', async () => {
    await using t = await openAccounts();
    await t.add('other', { isSuperuser: true });
    const { actor, user } = await person(t, 'root', { isSuperuser: true });
    const { clear } = await t.accounts.apiKeys.create(actor, {});
    const asking = await t.accounts.apiKeys.verify(clear);
    expect(asking.user.isSuperuser).toBe(true);
    await t.accounts.users.change(operator, user.id, { isSuperuser: false });
    expect((await t.accounts.apiKeys.verify(clear)).user.isSuperuser).toBe(false);
    expect(await outcomeOf(t.accounts.users.create(asking.actor, { username: 'eve', password: usual }))).toBe(
      'superuser_needed',
    );
  });

  test('no more, and in no process, when it or its user was deleted', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const [one, two, stays] = [
      await keyHolder(t, 'ada'),
      await keyHolder(t, 'bob'),
      await keyHolder(t, 'eve'),
    ];
    await other.accounts.apiKeys.remove(one.actor, one.key.id);
    await other.accounts.users.remove(operator, two.user.id);
    for (const process of [t, other]) {
      expect(await one.verify(process)).toBe('bad_api_key');
      expect(await two.verify(process)).toBe('bad_api_key');
      expect(await stays.verify(process)).toBe('done');
    }
  });

  test('no more when its user was deleted with many others', async () => {
    await using t = await openAccounts();
    const [one, stays] = [await keyHolder(t, 'ada'), await keyHolder(t, 'eve')];
    const selection = { ids: [one.user.id] };
    const plan = await t.accounts.bulk.plan(operator, selection, 'delete');
    await t.accounts.bulk.apply(operator, selection, plan);
    expect(await one.verify()).toBe('bad_api_key');
    expect(await t.rows('select id from apikey')).toEqual([{ id: stays.key.id }]);
  });

  test.each(['', 'sk-', `sk-${'x'.repeat(43)}`, "' or 1=1 --", 'x'.repeat(16_000)])(
    'where %j is one, only then',
    async text => {
      await using t = await openAccounts();
      await keyHolder(t);
      expect(await outcomeOf(t.accounts.apiKeys.verify(text))).toBe('bad_api_key');
    },
  );
});

describe('deleting a key', () => {
  test('is for its user and for superusers; to others it is as if there were none', async () => {
    await using t = await openAccounts();
    const { remove } = t.accounts.apiKeys;
    const [ada, bob] = [await keyHolder(t, 'ada'), await keyHolder(t, 'bob')];
    const root = await person(t, 'root', { isSuperuser: true });
    const ghost = 'f'.repeat(32);
    expect(await outcomeOf(remove(bob.actor, ada.key.id))).toBe('api_key_not_found');
    for (const { actor } of [bob, root])
      expect(await outcomeOf(remove(actor, ghost))).toBe('api_key_not_found');
    expect(await ada.verify()).toBe('done');
    expect(await outcomeOf(remove(ada.actor, ada.key.id))).toBe('done');
    expect(await outcomeOf(remove(ada.actor, ada.key.id))).toBe('api_key_not_found');
    expect(await outcomeOf(remove(root.actor, bob.key.id))).toBe('done');
    expect(await t.rows('select * from apikey')).toEqual([]);
  });

  test('twice at once: the second is told that it is gone', async () => {
    await using t = await openAccounts();
    const other = await t.another();
    const { actor, key } = await keyHolder(t);
    const asked = [t, other].map(process => outcomeOf(process.accounts.apiKeys.remove(actor, key.id)));
    expect((await Promise.all(asked)).sort()).toEqual(['api_key_not_found', 'done']);
  });
});

describe('the automatic account', () => {
  test('gets no key, and is told so', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    const automatic = await t.accounts.signInAutomatically('http');
    if (!automatic) throw new Error('not signed in');
    await expect(t.accounts.apiKeys.create(automatic.actor, {})).rejects.toThrow(
      'The automatic account gets no API keys. Sign in as another user',
    );
    expect(await t.accounts.apiKeys.list(automatic.actor)).toEqual([]);
  });

  test('is nobody by a key that an older database holds for it, automatic sign-in on or off', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    const off = await t.another();
    await t.accounts.bootstrap.prepare(undefined);
    const { id: userId = '' } = (await t.store.read.users.automatic()) ?? {};
    const createdAt = timestampOf(t.clock());
    const row = { id: 'e'.repeat(32), userId, name: null, createdAt, expiresAt: null, clear: 'sk-old' };
    await t.store.write(tx => tx.apiKeys.insert(row));
    const actor = { kind: 'apiKey', keyId: row.id, userId } as const;
    for (const { accounts } of [t, off]) {
      expect(await outcomeOf(accounts.apiKeys.verify('sk-old'))).toBe('bad_api_key');
      expect(await outcomeOf(accounts.sessions.current(actor))).toBe('bad_api_key');
    }
  });

  test('of the Python server loses its keys with its well-known password', async () => {
    await using t = await openAccounts();
    const { user, verify } = await keyHolder(t);
    const hash = await t.lane.hash('langinfra', 4);
    await t.rows(
      "update user set username = 'langinfra', username_fold = 'langinfra', password = ? where id = ?",
      hash,
      user.id,
    );
    await t.accounts.bootstrap.prepare(undefined);
    expect(await t.find(user.id)).toMatchObject({ isAutomatic: true });
    expect(await t.rows('select * from apikey')).toEqual([]);
    expect(await verify()).toBe('bad_api_key');
  });
});

describe('a key made with a key', () => {
  test('does not outlive it where that expires', async () => {
    await using t = await openAccounts({ at });
    const { clear, key } = await keyHolder(t, 'ada', { expiresInSeconds: 60 });
    const { actor } = await t.accounts.apiKeys.verify(clear);
    const ends = async (wish: KeyWish) => (await t.accounts.apiKeys.create(actor, wish)).key.expiresAt;
    expect(await ends({})).toBe(key.expiresAt);
    expect(await ends({ expiresInSeconds: year })).toBe(key.expiresAt);
    expect(await ends({ expiresInSeconds: 30 })).toBe('2026-01-01T00:00:30.000000Z');
  });

  test('lasts as long as is asked for where that does not expire', async () => {
    await using t = await openAccounts({ at });
    const { clear } = await keyHolder(t);
    const { actor } = await t.accounts.apiKeys.verify(clear);
    const ends = async (wish: KeyWish) => (await t.accounts.apiKeys.create(actor, wish)).key.expiresAt;
    expect(await ends({})).toBeNull();
    expect(await ends({ expiresInSeconds: 60 })).toBe('2026-01-01T00:01:00.000000Z');
  });
});
