import { setImmediate } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SignedIn } from '../../src/accounts/sessions.ts';
import { createTokens, type Tokens, type TokensOptions } from '../../src/accounts/tokens.ts';
import { dashed } from '../../src/accounts/user-json.ts';
import type { Store } from '../../src/store/open.ts';
import {
  openAccounts,
  operator,
  outcomeOf,
  type TestAccounts,
  type TestProcess,
  usual,
} from '../support/accounts.ts';

/** The real store, which counts how often it is asked for a session or a user, and lets something happen meanwhile. */
const counting = (store: Store) => {
  let asked = 0;
  let afterwards: (() => Promise<unknown>) | undefined;
  const counted =
    <Given extends unknown[], Found>(find: (...given: Given) => Promise<Found>) =>
    async (...given: Given): Promise<Found> => {
      asked += 1;
      const found = await find(...given);
      const happening = afterwards;
      afterwards = undefined;
      await happening?.();
      return found;
    };
  const { users, sessions } = store.read;
  const read = {
    ...store.read,
    users: { ...users, find: counted(users.find) },
    sessions: { ...sessions, find: counted(sessions.find) },
  };
  return {
    store: { ...store, read },
    asked: () => asked,
    /** Lets something happen when the store has been asked next, before the asker has its answer. */
    meanwhile: (work: () => Promise<unknown>) => {
      afterwards = work;
    },
  };
};

let t: TestAccounts;
let counted: ReturnType<typeof counting>;
let tokens: Tokens;
let ada: SignedIn;
let token: string;
beforeEach(async () => {
  t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  await t.add('ada', { isSuperuser: true });
  await t.add('bob');
  open();
  ada = await t.signIn('ada', usual, 'http');
  token = (await tokens.issue(ada)).access.token;
});
afterEach(async () => {
  tokens.close();
  await t[Symbol.asyncDispose]();
});

const open = (more: Partial<TokensOptions> = {}) => {
  counted = counting(t.store);
  tokens = createTokens({ ...t, store: counted.store, tokenKey: t.sealing.tokenKey, ...more });
};

/** How many questions the store is asked for a token that is good. */
const questionsFor = async (text = token): Promise<number> => {
  const before = counted.asked();
  await tokens.verify(text);
  return counted.asked() - before;
};
/** Waits until a token is answered from memory. */
const remember = (text = token) => expect.poll(() => questionsFor(text), { interval: 5 }).toBe(0);

/** The token is refused by then: whoever asks a second after the moment, or later, is not answered from memory. */
const expectRefusedWithinASecond = async (its: Tokens, text: string, since: number): Promise<void> => {
  for (;;) {
    const asked = performance.now();
    if ((await outcomeOf(its.verify(text))) !== 'done') return;
    expect(asked - since).toBeLessThan(1000);
    await setImmediate();
  }
};

test('while nothing is revoked the store is asked nothing, whoever else signs in and is added', async () => {
  await remember();
  await t.signIn('bob', usual, 'http');
  await t.add('grace');
  const { from: _, ...actor } = ada.actor;
  const found = { actor, user: await t.find(ada.user.id) };
  await expect
    .poll(async () => {
      const before = counted.asked();
      for (let time = 0; time < 20; time += 1) expect(await tokens.verify(token)).toEqual(found);
      return counted.asked() - before;
    })
    .toBe(0);
});

test('the first token is not remembered: what others revoked before their changes were watched is not known', async () => {
  await tokens.verify(token);
  expect(tokens.remembered()).toBe(0);
});

describe('what this process takes away is gone at once, though the token was remembered:', () => {
  const change = (edit: Parameters<TestProcess['accounts']['users']['change']>[2]) => () =>
    t.accounts.users.change(operator, ada.user.id, edit);
  const many = (action: 'deactivate' | 'demote' | 'delete') => async () => {
    const selection = { ids: [ada.user.id] };
    const plan = await t.accounts.bulk.plan(operator, selection, action);
    await t.accounts.bulk.apply(operator, selection, plan);
  };
  const cases: Record<string, [() => Promise<unknown>, string]> = {
    'a session that is signed out': [() => t.accounts.sessions.end(ada.session.id), 'bad_token'],
    'a user who is deactivated': [change({ isActive: false }), 'token_of_nobody'],
    'a user who is demoted': [change({ isSuperuser: false }), 'bad_token'],
    'a user whose password is reset': [change({ password: 'another good one' }), 'bad_token'],
    'a user who is deleted': [() => t.accounts.users.remove(operator, ada.user.id), 'token_of_nobody'],
    'many who are deactivated': [many('deactivate'), 'token_of_nobody'],
    'many who are demoted': [many('demote'), 'bad_token'],
    'many who are deleted': [many('delete'), 'token_of_nobody'],
    'the other sessions of who changes the own password': [
      async () => {
        const { actor } = await t.signIn('ada');
        await t.accounts.changeOwnPassword(actor, { next: 'another good one', current: usual });
      },
      'bad_token',
    ],
    'a session whose refresh token was used twice': [
      async () => {
        const first = (await tokens.issue(ada)).refresh?.token ?? '';
        await tokens.refresh(first);
        t.pass(10);
        await outcomeOf(tokens.refresh(first));
      },
      'bad_token',
    ],
  };
  test.each(Object.entries(cases))('%s', async (_what, [revoke, code]) => {
    await remember();
    await revoke();
    expect(await outcomeOf(tokens.verify(token))).toBe(code);
  });

  test('the name, the image and the rights that a user had', async () => {
    await remember();
    await t.accounts.users.change(operator, ada.user.id, { username: 'countess', profileImage: 'face.png' });
    expect((await tokens.verify(token)).user).toMatchObject({
      username: 'countess',
      profileImage: 'face.png',
    });
    const bob = await t.signIn('bob', usual, 'http');
    const { access } = await tokens.issue(bob);
    await remember(access.token);
    await t.accounts.users.change(operator, bob.user.id, { isSuperuser: true });
    expect((await tokens.verify(access.token)).user.isSuperuser).toBe(true);
  });
});

describe('what another process takes away is gone within a second:', () => {
  let other: TestProcess;
  beforeEach(async () => {
    other = await t.another();
  });

  test('a session that ends', async () => {
    await remember();
    await other.accounts.sessions.end(ada.session.id);
    await expectRefusedWithinASecond(tokens, token, performance.now());
  });

  test('a user who is deactivated past the rules, by a program that raises no counter', async () => {
    await remember();
    await t.rows('update user set is_active = 0 where id = ?', ada.user.id);
    await expectRefusedWithinASecond(tokens, token, performance.now());
  });

  test('and by then it is known when a user signed in there', async () => {
    await remember();
    t.pass(60);
    const again = await other.signIn('ada');
    const since = performance.now();
    for (;;) {
      const asked = performance.now();
      if ((await tokens.verify(token)).user.lastLoginAt === again.user.lastLoginAt) break;
      expect(asked - since).toBeLessThan(1000);
      await setImmediate();
    }
  });
});

test('a user who signs in here is seen at once to have been here', async () => {
  await remember();
  t.pass(60);
  const again = await t.signIn('ada');
  expect((await tokens.verify(token)).user.lastLoginAt).toBe(again.user.lastLoginAt);
  await remember();
});

describe('a token that is remembered ends by itself', () => {
  test('when it expires', async () => {
    await remember();
    t.pass(3599);
    expect(await outcomeOf(tokens.verify(token))).toBe('done');
    t.pass(1);
    expect(await outcomeOf(tokens.verify(token))).toBe('bad_token');
  });

  test('when its session does, though the token says that it is good for longer', async () => {
    open({ settings: { ...t.settings, accessTokenSeconds: 1 } });
    await t.rows(
      "update session set expires_at = replace(?, 'T', ' ')",
      new Date(t.clock().getTime() + 10_000).toISOString(),
    );
    const longer = await new SignJWT({ type: 'access', sid: dashed(ada.session.id) })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(dashed(ada.user.id))
      .setExpirationTime(new Date(t.clock().getTime() + 3_600_000))
      .sign(t.sealing.tokenKey);
    await remember(longer);
    t.pass(9);
    expect(await outcomeOf(tokens.verify(longer))).toBe('done');
    t.pass(1);
    expect(await outcomeOf(tokens.verify(longer))).toBe('bad_token');
  });
});

describe('an answer of the store from before is not remembered', () => {
  test('where something was revoked while it was on its way', async () => {
    await remember();
    await t.accounts.users.change(operator, ada.user.id, { profileImage: 'face.png' });
    counted.meanwhile(() => t.accounts.sessions.end(ada.session.id));
    // It read the session before that ended, and says so for this once.
    await outcomeOf(tokens.verify(token));
    expect(await outcomeOf(tokens.verify(token))).toBe('bad_token');
  });

  test('where its user signed in meanwhile', async () => {
    await remember();
    await t.accounts.users.change(operator, ada.user.id, { profileImage: 'face.png' });
    t.pass(60);
    // After the session the user is read.
    counted.meanwhile(async () => counted.meanwhile(() => t.signIn('ada')));
    await tokens.verify(token);
    expect((await tokens.verify(token)).user).toEqual(await t.find(ada.user.id));
  });
});

test('no more are remembered than there is room for, and those that were seen last', async () => {
  open({ mostRemembered: 3 });
  const texts: string[] = [];
  for (let time = 0; time < 5; time += 1) {
    t.pass(1);
    texts.push((await tokens.issue(ada)).access.token);
  }
  const [first = '', second = '', third = '', ...others] = texts;
  for (const text of [first, second, third]) await remember(text);
  await tokens.verify(first);
  for (const text of others) await remember(text);
  expect(tokens.remembered()).toBe(3);
  await expect.poll(() => questionsFor(first)).toBe(0);
  expect(await questionsFor(second)).toBe(2);
});

test('a user with a very long image is not remembered: whoever signs in often would fill the memory', async () => {
  // The Python server took one of any length.
  await t.rows('update user set profile_image = ? where id = ?', 'x'.repeat(4096), ada.user.id);
  const { access } = await tokens.issue(await t.signIn('bob', usual, 'http'));
  await remember(access.token);
  await tokens.verify(token);
  expect(tokens.remembered()).toBe(1);
});

test('a store that is closed gives no answer, from memory neither', async () => {
  await remember();
  await t.store.close();
  await expect(tokens.verify(token)).rejects.toThrow();
});
