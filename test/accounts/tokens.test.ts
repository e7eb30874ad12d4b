import fc from 'fast-check';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { createTokens } from '../../src/accounts/tokens.ts';
import { dashed } from '../../src/accounts/user-json.ts';
import type { Session } from '../../src/store/sessions.ts';
import type { User } from '../../src/store/users.ts';
import { openAccounts, outcomeOf, type TestAccounts, type TestProcess } from '../support/accounts.ts';

const tokensOf = (process: TestProcess, clock: () => Date) =>
  createTokens({ ...process, clock, tokenKey: process.sealing.tokenKey });

let t: TestAccounts;
let tokens: ReturnType<typeof tokensOf>;
let ada: { user: User; session: Session; actor: Actor };
let bob: { user: User; session: Session; actor: Actor };
beforeAll(async () => {
  t = await openAccounts();
  tokens = tokensOf(t, t.clock);
  await t.add('root', { isSuperuser: true });
  await t.add('ada');
  await t.add('bob');
  ada = await t.signIn('ada', undefined, 'http');
  bob = await t.signIn('bob', undefined, 'http');
});
afterAll(() => t[Symbol.asyncDispose]());

const seconds = (more = 0) => Math.floor(t.clock().getTime() / 1000) + more;
const honest = () => ({
  type: 'access',
  sub: dashed(ada.user.id),
  sid: dashed(ada.session.id),
  iat: seconds(),
  exp: seconds(60),
});
const signed = (claims: JWTPayload, { alg = 'HS256', key = t.sealing.tokenKey } = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(key);

test('an access token tells who sent it, with the user as stored now', async () => {
  const { access } = await tokens.issue(ada);
  expect(access.seconds).toBe(3600);
  expect(await tokens.verify(access.token)).toEqual({
    actor: { ...ada.actor, from: undefined },
    user: await t.find(ada.user.id),
  });
});

test('a token that is signed and claims what is true is taken, whoever put it together', async () => {
  expect(await outcomeOf(tokens.verify(await signed(honest())))).toBe('done');
});

describe('a token is refused that', () => {
  const without = (claim: string) => {
    const claims: JWTPayload = honest();
    delete claims[claim];
    return signed(claims);
  };
  const forged: Record<string, () => string | Promise<string>> = {
    'is empty': () => '',
    'is no token': () => 'undefined',
    'is not signed (alg none)': () => new UnsecuredJWT(honest()).encode(),
    'says alg none and keeps a signature': async () => {
      const [, claims, signature] = (await signed(honest())).split('.');
      return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.${signature}`;
    },
    'is signed with another key': () => signed(honest(), { key: new Uint8Array(32) }),
    'is signed with HS384': () => signed(honest(), { alg: 'HS384' }),
    'is signed with HS512': () =>
      signed(honest(), { alg: 'HS512', key: Buffer.concat([t.sealing.tokenKey, t.sealing.tokenKey]) }),
    'had its claims changed': async () => {
      const [header, , signature] = (await signed(honest())).split('.');
      const claims = Buffer.from(JSON.stringify({ ...honest(), sub: dashed(bob.user.id) }));
      return `${header}.${claims.toString('base64url')}.${signature}`;
    },
    'has expired': () => signed({ ...honest(), exp: seconds() }),
    'is not valid yet': () => signed({ ...honest(), nbf: seconds(60) }),
    'never expires': () => without('exp'),
    'expires at no number': () => signed({ ...honest(), exp: 'never' as never }),
    'names no user': () => without('sub'),
    'names no session': () => without('sid'),
    'has no type': () => without('type'),
    'is of another type': () => signed({ ...honest(), type: 'other' }),
    'is a refresh token': async () => (await tokens.issue(ada)).refresh?.token ?? '',
    "names somebody else's session": () => signed({ ...honest(), sid: dashed(bob.session.id) }),
    'names a session that never was': () => signed({ ...honest(), sid: dashed('0'.repeat(32)) }),
  };
  test.each(Object.entries(forged))('%s', async (_name, make) => {
    expect(await outcomeOf(tokens.verify(await make()))).toBe('bad_token');
  });

  test('is any other text', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map(json => Buffer.from(json).toString('base64url')),
      fc.string(),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(part, part, part).map(parts => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async text => {
        expect(await outcomeOf(tokens.verify(text))).toBe('bad_token');
        expect(await outcomeOf(tokens.refresh(text))).toBe('bad_refresh_token');
        expect(await tokens.sessionOf(text, 'access')).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });
});

describe('a token dies with', () => {
  const fresh = async (username: string) => {
    const user = await t.add(username);
    const signedIn = await t.signIn(username, undefined, 'http');
    return { user, signedIn, ...(await tokens.issue(signedIn)) };
  };

  test('its session', async () => {
    const { access, signedIn } = await fresh('leaver');
    await t.accounts.sessions.end(signedIn.session.id);
    expect(await outcomeOf(tokens.verify(access.token))).toBe('bad_token');
  });

  test('its user', async () => {
    const { access, user } = await fresh('goner');
    await t.accounts.users.remove({ kind: 'operator', osUser: 'tester' }, user.id);
    expect(await outcomeOf(tokens.verify(access.token))).toBe('token_of_nobody');
  });

  test("its user's right to sign in", async () => {
    const { access, refresh, user } = await fresh('suspended');
    await t.accounts.users.change({ kind: 'operator', osUser: 'tester' }, user.id, { isActive: false });
    expect(await outcomeOf(tokens.verify(access.token))).toBe('token_of_nobody');
    expect(await outcomeOf(tokens.refresh(refresh?.token ?? ''))).toBe('bad_refresh_token');
  });

  test('the reset of the password, though the user stays', async () => {
    const { access, user } = await fresh('forgetful');
    const password = 'another good one';
    await t.accounts.users.change({ kind: 'operator', osUser: 'tester' }, user.id, { password });
    expect(await outcomeOf(tokens.verify(access.token))).toBe('bad_token');
  });
});

test('the automatic account gets an access token only, which other processes with AUTO_LOGIN off refuse', async () => {
  const automatic = await t.another({ settings: { autoLogin: true } });
  await automatic.accounts.bootstrap.prepare(undefined);
  const signedIn = await automatic.accounts.signInAutomatically('http');
  if (!signedIn) throw new Error('nobody was signed in');
  const its = tokensOf(automatic, t.clock);
  const { access, refresh } = await its.issue(signedIn);
  expect(refresh).toBeNull();
  expect(await outcomeOf(its.verify(access.token))).toBe('done');
  expect(await outcomeOf(tokens.verify(access.token))).toBe('bad_token');
});

test('no access token outlives its session', async () => {
  await using short = await openAccounts({ settings: { refreshTokenSeconds: 100 } });
  await short.add('ada');
  const issued = await tokensOf(short, short.clock).issue(await short.signIn('ada', undefined, 'http'));
  expect([issued.access.seconds, issued.refresh?.seconds]).toEqual([100, 100]);
});

describe('refreshing', () => {
  const started = async () => {
    const own = await openAccounts();
    await own.add('ada');
    const signedIn = await own.signIn('ada', undefined, 'http');
    const its = tokensOf(own, own.clock);
    const refresh = async (token: string) => (await its.refresh(token)).refresh?.token ?? '';
    const first = (await its.issue(signedIn)).refresh?.token ?? '';
    return { own, signedIn, its, refresh, first, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
  };

  test('gives another refresh token each time, and access to the same session', async () => {
    await using it = await started();
    const { its, signedIn, first } = it;
    const second = await its.refresh(first);
    expect(second.refresh?.token).not.toBe(first);
    expect((await its.verify(second.access.token)).actor).toEqual({ ...signedIn.actor, from: undefined });
    expect(await outcomeOf(its.refresh(second.refresh?.token ?? ''))).toBe('done');
  });

  test('with the same token twice within 10 s gives the same successor', async () => {
    await using it = await started();
    const { own, refresh, first } = it;
    const second = await refresh(first);
    own.pass(9.9);
    expect(await refresh(first)).toBe(second);
    expect(await outcomeOf(refresh(second))).toBe('done');
  });

  test('with the same token from two tabs at once gives the same successor', async () => {
    await using it = await started();
    const { refresh, first } = it;
    const given = await Promise.all([1, 2, 3, 4].map(() => refresh(first)));
    expect(new Set(given).size).toBe(1);
  });

  test('with a used token after 10 s ends the session', async () => {
    await using it = await started();
    const { own, its, refresh, first } = it;
    const { access, refresh: second } = await its.refresh(first);
    own.pass(10);
    expect(await outcomeOf(refresh(first))).toBe('bad_refresh_token');
    expect(await outcomeOf(refresh(second?.token ?? ''))).toBe('bad_refresh_token');
    expect(await outcomeOf(its.verify(access.token))).toBe('bad_token');
  });

  test('several times within 10 s: each token of before is answered with the last successor', async () => {
    await using it = await started();
    const { own, refresh, first } = it;
    const second = await refresh(first);
    own.pass(5);
    const third = await refresh(second);
    own.pass(4.9);
    expect([await refresh(first), await refresh(second)]).toEqual([third, third]);
    expect(await outcomeOf(refresh(third))).toBe('done');
  });

  test('and each of them ends the session 10 s after it was used up itself', async () => {
    for (const at of [0, 1]) {
      await using it = await started();
      const { own, refresh, first } = it;
      const second = await refresh(first);
      own.pass(5);
      const third = await refresh(second);
      own.pass(at === 0 ? 5 : 10);
      expect(await outcomeOf(refresh([first, second][at] ?? ''))).toBe('bad_refresh_token');
      expect(await outcomeOf(refresh(third))).toBe('bad_refresh_token');
    }
  });

  test('with the token that a session of the first version remembers gives the same successor', async () => {
    await using it = await started();
    const { own, refresh, first } = it;
    const second = await refresh(first);
    await own.rows("update session set refresh_previous = json_extract(refresh_previous, '$[0].id')");
    expect(await refresh(first)).toBe(second);
    own.pass(10);
    expect(await outcomeOf(refresh(first))).toBe('bad_refresh_token');
  });

  test('remembers no more tokens than can be of use', async () => {
    await using it = await started();
    const { own, refresh, first } = it;
    const remembered = async () =>
      (
        await own.rows<{ tokens: number }>(
          'select json_array_length(refresh_previous) as tokens from session',
        )
      )[0]?.tokens;
    let token = first;
    for (let time = 1; time <= 40; time += 1) token = await refresh(token);
    expect(await remembered()).toBe(32);
    own.pass(10);
    await refresh(token);
    expect(await remembered()).toBe(1);
  });

  test('ends 7 days after the sign-in, however often it was done', async () => {
    await using it = await started();
    const { own, its, first } = it;
    let token = first;
    for (let day = 1; day < 7; day += 1) {
      own.pass(86_400);
      const { refresh } = await its.refresh(token);
      expect(refresh?.seconds).toBe((7 - day) * 86_400);
      token = refresh?.token ?? '';
    }
    own.pass(86_399);
    expect((await its.refresh(token)).access.seconds).toBe(1);
    own.pass(1);
    expect(await outcomeOf(its.refresh(token))).toBe('bad_refresh_token');
  });

  test('refuses an access token', async () => {
    await using it = await started();
    const { its, signedIn } = it;
    expect(await outcomeOf(its.refresh((await its.issue(signedIn)).access.token))).toBe('bad_refresh_token');
  });
});

describe('for signing out', () => {
  test('an expired token still names its session', async () => {
    await using own = await openAccounts();
    await own.add('ada');
    const signedIn = await own.signIn('ada', undefined, 'http');
    const its = tokensOf(own, own.clock);
    const { access } = await its.issue(signedIn);
    own.pass(4000);
    expect(await its.sessionOf(access.token, 'access')).toBe(signedIn.session.id);
    expect(await its.sessionOf(access.token, 'refresh')).toBeUndefined();
  });
});
