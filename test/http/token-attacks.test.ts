import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator, secretKey } from '../support/accounts.ts';
import { expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const whoami = 'GET /api/v1/users/whoami';

let t: TestHttp;
/** Tokens that were good when they were given, by what became of their users. */
const once: Record<string, string> = {};
let ada: Pair;
let bob: Pair;
let before: Awaited<ReturnType<TestHttp['everything']>>;

type Pair = { access: string; refresh: string };
const signIn = async (server: TestHttp, username: string): Promise<Pair> => {
  const { body } = await server.login(username);
  return { access: body.access_token, refresh: body.refresh_token };
};

beforeAll(async () => {
  t = await openServer();
  for (const name of ['deleted', 'again', 'inactive', 'signed-out', 'reset']) {
    await t.add(name);
    once[name] = (await signIn(t, name)).access;
  }
  const id = (name: string) => t.ids[name]?.replaceAll('-', '') ?? '';
  await t.accounts.users.remove(operator, id('deleted'));
  await t.accounts.users.remove(operator, id('again'));
  await t.add('again');
  await t.login('again');
  await t.accounts.users.change(operator, id('inactive'), { isActive: false });
  await t.call('POST /api/v1/logout', { headers: { authorization: `Bearer ${once['signed-out']}` } });
  await t.accounts.users.change(operator, id('reset'), { password: 'another good password' });
  ada = await signIn(t, 'ada');
  bob = await signIn(t, 'bob');
  before = await t.everything();
});
afterAll(() => t[Symbol.asyncDispose]());

type Claims = Record<string, unknown>;
const encoded = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const partsOf = (token: string) => {
  const [header = '', claims = '', signature = ''] = token.split('.');
  return { header, claims, signature };
};
const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(partsOf(token).claims, 'base64url').toString());

type Digest = 'sha256' | 'sha384' | 'sha512';
/** A token with that header and those claims, signed with a key; with the right one where none is given. */
const made = (
  header: unknown,
  claims: unknown,
  { key = t.sealing.tokenKey, digest = 'sha256' }: { key?: Uint8Array | string; digest?: Digest } = {},
): string => {
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${createHmac(digest, key).update(text).digest('base64url')}`;
};
const usual = { alg: 'HS256', typ: 'JWT' };

/** A key pair of the attacker, and a token that is signed with it. */
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const signedBy = (key: KeyObject, header: unknown, claims: unknown, padding?: number): string => {
  const text = `${encoded(header)}.${encoded(claims)}`;
  const how = { key, dsaEncoding: 'ieee-p1363' as const, ...(padding && { padding }) };
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return `${text}.${sign(digest, Buffer.from(text), how).toString('base64url')}`;
};
const publicJwk = rsa.publicKey.export({ format: 'jwk' });
const publicPem = rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string;
const own = Buffer.from('a key that the attacker has, long enough');

/** What turns an honest token, of either kind, into an attack. */
type Forgeries = Record<string, (honest: string, claims: Claims) => string>;

/** What somebody can try who has not got the key. */
const withoutTheKey: Forgeries = {
  // Another algorithm.
  ...Object.fromEntries(
    ['none', 'None', 'NONE', 'nOnE', '', null, undefined, 'HS256 ', 'hs256', ['HS256']].flatMap(alg => [
      [
        `alg ${JSON.stringify(alg)} without a signature`,
        (_: string, c: Claims) => `${encoded({ alg })}.${encoded(c)}.`,
      ],
      [`alg ${JSON.stringify(alg)} with a signature`, (_: string, c: Claims) => made({ alg }, c)],
    ]),
  ),
  'alg none in two parts': (_, claims) => `${encoded({ alg: 'none' })}.${encoded(claims)}`,
  'alg none with the signature of an honest token': honest =>
    `${encoded({ alg: 'none' })}.${partsOf(honest).claims}.${partsOf(honest).signature}`,
  'HS384 with the right key': (_, claims) => made({ alg: 'HS384' }, claims, { digest: 'sha384' }),
  'HS512 with the right key': (_, claims) => made({ alg: 'HS512' }, claims, { digest: 'sha512' }),
  'HS512 that is called HS256': (_, claims) => made(usual, claims, { digest: 'sha512' }),
  'HS256 that is called RS256': (_, claims) => made({ alg: 'RS256' }, claims),
  'RS256 with a key of the attacker': (_, claims) => signedBy(rsa.privateKey, { alg: 'RS256' }, claims),
  'PS256 with a key of the attacker': (_, claims) => signedBy(rsa.privateKey, { alg: 'PS256' }, claims, 6),
  'ES256 with a key of the attacker': (_, claims) => signedBy(ec.privateKey, { alg: 'ES256' }, claims),
  'ES256 with a signature of zeros': (_, claims) =>
    `${encoded({ alg: 'ES256' })}.${encoded(claims)}.${Buffer.alloc(64).toString('base64url')}`,
  'EdDSA with a key of the attacker': (_, claims) => signedBy(ed.privateKey, { alg: 'EdDSA' }, claims),

  // Another key.
  'another key': (_, claims) => made(usual, claims, { key: own }),
  'an empty key': (_, claims) => made(usual, claims, { key: '' }),
  'a key of zeros': (_, claims) => made(usual, claims, { key: new Uint8Array(32) }),
  'the secret key itself': (_, claims) => made(usual, claims, { key: secretKey }),
  'a public key as the secret': (_, claims) => made(usual, claims, { key: publicPem }),
  'a key that is named by a path': (_, claims) =>
    made({ ...usual, kid: '../../../../dev/null' }, claims, { key: '' }),
  'a key that is named by a query': (_, claims) =>
    made({ ...usual, kid: "x' union select 'a key that the attacker has, long enough' --" }, claims, {
      key: own,
    }),
  'a key at the address of the attacker (jku)': (_, claims) =>
    signedBy(rsa.privateKey, { alg: 'RS256', kid: '1', jku: 'http://127.0.0.1:9/keys.json' }, claims),
  'a certificate at the address of the attacker (x5u)': (_, claims) =>
    signedBy(rsa.privateKey, { alg: 'RS256', x5u: 'http://127.0.0.1:9/cert.pem' }, claims),
  'a key in the header (jwk)': (_, claims) =>
    signedBy(rsa.privateKey, { alg: 'RS256', jwk: publicJwk }, claims),
  'a secret in the header (jwk)': (_, claims) =>
    made({ ...usual, jwk: { kty: 'oct', k: own.toString('base64url') } }, claims, { key: own }),
  'a certificate in the header (x5c)': (_, claims) =>
    signedBy(rsa.privateKey, { alg: 'RS256', x5c: [publicPem.replaceAll(/-----.*-----|\n/g, '')] }, claims),

  // What the header asks for.
  'an extension that must be understood': (_, claims) => made({ ...usual, crit: ['exp'] }, claims),
  'claims that are not encoded': (_, claims) => made({ ...usual, b64: false, crit: ['b64'] }, claims),
  'a header that is no JSON': (_, claims) => made('{', claims),
  'a header that is a list': (_, claims) => made([usual], claims),

  // Another spelling.
  'changed claims under the old signature': (honest, claims) =>
    `${partsOf(honest).header}.${encoded({ ...claims, sub: t.ids.root })}.${partsOf(honest).signature}`,
  'without the signature': honest => honest.replace(/[^.]*$/, ''),
  'half of the signature': honest => honest.slice(0, -20),
  'the signature twice': honest => honest + partsOf(honest).signature,
  'a letter behind it': honest => `${honest}A`,
  'padding behind it': honest => `${honest}=`,
  'a dot behind it': honest => `${honest}.`,
  'a dot before it': honest => `.${honest}`,
  'stray bits in the last letter': honest =>
    honest.slice(0, -1) + String.fromCharCode(honest.charCodeAt(honest.length - 1) + 1),
  'a space in the signature': honest => `${honest.slice(0, -5)} ${honest.slice(-5)}`,
  'a tab in the signature': honest => `${honest.slice(0, -5)}\t${honest.slice(-5)}`,
  'a space in the claims': honest => honest.replace('.', '. '),
  'letters of the other base64': honest => honest.replace(/^.../, 'ey+'),
  'letters that are not ASCII': honest => `${honest.slice(0, -1)}\xe9`,
  'five parts (JWE)': honest => `${encoded({ alg: 'dir', enc: 'A256GCM' })}..${partsOf(honest).claims}.x.x`,
  'five parts under an honest header': honest => `${honest}.x.x`,
  'JSON instead of the short form': honest => {
    const { header, claims, signature } = partsOf(honest);
    return JSON.stringify({ protected: header, payload: claims, signature });
  },
  '15,000 letters': () => 'x'.repeat(15_000),
  '5,000 dots': () => '.'.repeat(5000),
  'in quotes': honest => `"${honest}"`,
};

/** What the key alone does not make good. */
const withTheKey: Forgeries = {
  // Another time.
  'expired a second ago': (_, claims) => made(usual, { ...claims, exp: seconds(-1) }),
  'expires now': (_, claims) => made(usual, { ...claims, exp: seconds() }),
  'not valid yet': (_, claims) => made(usual, { ...claims, nbf: seconds(60) }),
  'valid from no time': (_, claims) => made(usual, { ...claims, nbf: 'now' }),
  'given at no time': (_, claims) => made(usual, { ...claims, iat: 'now' }),
  'without an end': (_, claims) => made(usual, { ...claims, exp: undefined }),
  ...Object.fromEntries(
    ['9999999999', -1, 0, null, true, [9_999_999_999], {}, ''].map(exp => [
      `with the end ${JSON.stringify(exp)}`,
      (_: string, claims: Claims) => made(usual, { ...claims, exp }),
    ]),
  ),
  'with the end -1e999': (_, claims) =>
    made(usual, JSON.stringify(claims).replace(/"exp":\d+/, '"exp":-1e999')),

  // Another claim.
  'without a type': (_, claims) => made(usual, { ...claims, type: undefined }),
  'with another type': (_, claims) => made(usual, { ...claims, type: 'admin' }),
  'with two types': (_, claims) => made(usual, { ...claims, type: [claims.type] }),
  'without a user': (_, claims) => made(usual, { ...claims, sub: undefined }),
  'without a session': (_, claims) => made(usual, { ...claims, sid: undefined }),
  'with a list of users': (_, claims) => made(usual, { ...claims, sub: [claims.sub] }),
  'with a query as session': (_, claims) => made(usual, { ...claims, sid: "' or 1=1 --" }),
  "with another user's session": (_, claims) => made(usual, { ...claims, sid: claimsOf(bob.access).sid }),
  "with another user's name on it": (_, claims) => made(usual, { ...claims, sub: t.ids.root }),
  'with a second user behind the first': (_, claims) =>
    made(usual, JSON.stringify(claims).replace(/}$/, `,"sub":"${t.ids.root}"}`)),
  'claims that are a list': (_, claims) => made(usual, [claims]),
  'claims that are null': () => made(usual, null),
  'claims that are no JSON': () => made(usual, '{'),
  'claims in claims in claims': (_, claims) => {
    const deep = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`;
    return made(usual, JSON.stringify({ ...claims, exp: undefined }).replace(/}$/, `,"a":${deep}}`));
  },
};
const forgeries = { ...withoutTheKey, ...withTheKey };
const seconds = (more = 0) => Math.floor(t.clock().getTime() / 1000) + more;

/** What must be so after each attack: nothing was changed, nothing told, and the honest token goes on. */
const isUnharmed = async (token: string): Promise<void> => {
  expect(await t.everything()).toEqual(before);
  const headers = { authorization: `Bearer ${ada.access}` };
  expect((await t.call(whoami, { headers })).body.username).toBe('ada');
  if (token.length > 20) expect(t.log()).not.toContain(token);
  expect(t.logged().filter(({ level }) => level > 30)).toEqual([]);
};

describe('as a bearer token is refused', () => {
  test.each(Object.entries(forgeries))('%s', async (_name, forge) => {
    const token = forge(ada.access, claimsOf(ada.access));
    const headers = { authorization: `Bearer ${token}` };
    expectAnswer(await t.call(whoami, { headers }), {
      status: 401,
      detail: said.badToken,
      hides: ['ada', 'root', 'alg', 'JWT', 'JWS'],
    });
    const account = { username: 'eve', password: 'a good long password' };
    expect((await t.call('POST /api/v1/users/', { headers, json: account })).status).toBe(401);
    await isUnharmed(token);
  });

  // An expired token of ours does sign its session out.
  test.each(Object.entries(withoutTheKey))('%s, and it signs nobody out', async (_name, forge) => {
    const token = forge(ada.access, claimsOf(ada.access));
    const headers = { authorization: `Bearer ${token}` };
    expect((await t.call('POST /api/v1/logout', { headers })).status).toBe(200);
    await isUnharmed(token);
  });

  test.each<[string, string, () => string]>([
    ['a refresh token', said.badToken, () => ada.refresh],
    ['a token of a session that was signed out', said.badToken, () => once['signed-out'] ?? ''],
    ['a token from before the password was reset', said.badToken, () => once.reset ?? ''],
    ['a token of a deleted user', said.nobody, () => once.deleted ?? ''],
    ['a token of a deleted user whose name somebody has again', said.nobody, () => once.again ?? ''],
    ['a token of an inactive user', said.nobody, () => once.inactive ?? ''],
    ['a user in capitals', said.nobody, () => renamed(id => id.toUpperCase())],
    ['a user with a space', said.nobody, () => renamed(id => `${id} `)],
    ['a user that never was', said.nobody, () => renamed(() => '0'.repeat(32))],
    ['a user by a query', said.nobody, () => renamed(() => "' or 1=1 --")],
    ['a user by name', said.nobody, () => renamed(() => 'root')],
  ])('%s', async (_name, detail, token) => {
    const headers = { authorization: `Bearer ${token()}` };
    expectAnswer(await t.call(whoami, { headers }), { status: 401, detail, hides: ['ada', 'root'] });
    await isUnharmed(token());
  });
  const renamed = (change: (id: string) => string): string =>
    made(usual, { ...claimsOf(ada.access), sub: change(t.ids.ada ?? '') });

  test('a token of another installation', async () => {
    await using other = await openServer({ secretKey: 'another secret key, also long enough' });
    const { access, refresh } = await signIn(other, 'root');
    const headers = { authorization: `Bearer ${access}` };
    expectAnswer(await t.call(whoami, { headers }), { status: 401, detail: said.badToken });
    const cookies = { refresh_token_lf: refresh };
    expectAnswer(await t.call('POST /api/v1/refresh', { cookies }), { status: 401, detail: said.badRefresh });
    await isUnharmed(access);
  });

  test('one of two Authorization headers, whichever it is', async () => {
    const ask = (...lines: string[]) => {
      const headers = lines.map(line => `Authorization: Bearer ${line}\r\n`).join('');
      return t.raw(
        `GET /api/v1/users/whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`,
      );
    };
    expect(await ask(ada.access)).toMatch(/^HTTP\/1\.1 200 /);
    for (const lines of [
      [ada.access, 'x'],
      ['x', ada.access],
      [ada.access, bob.access],
    ]) {
      const text = await ask(...lines);
      expect(text).toMatch(/^HTTP\/1\.1 401 /);
      expect(text).toMatch(/^www-authenticate: Bearer$/im);
      expect(text).toContain(JSON.stringify({ detail: said.badToken }));
    }
  });

  test('a token of 20,000 letters, before anybody looks at it', async () => {
    const text = await t.raw(
      `GET /api/v1/users/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
  });
});

test.each(['access_token', 'token', 'authorization', 'Authorization', 'bearer', 'x-api-key'])(
  'a token in the query as %s counts for nothing, and is in no log',
  async name => {
    const answer = await t.call(`${whoami}?${name}=${ada.access}`);
    const detail = name === 'x-api-key' ? said.badKey : said.nothingSent;
    expectAnswer(answer, { status: 403, detail });
    await isUnharmed(ada.access);
  },
);

test.each(['bearer', 'BEARER', 'bEaReR'])('the scheme may be written %s', async scheme => {
  const headers = { authorization: `${scheme} ${ada.access}` };
  expect((await t.call(whoami, { headers })).body.username).toBe('ada');
});

test.each(['Basic', 'JWT', 'Token', 'Bearer:', 'Bearerx', 'Negotiate'])(
  'a token under the scheme %s counts for nothing',
  async scheme => {
    const headers = { authorization: `${scheme} ${ada.access}` };
    expectAnswer(await t.call(whoami, { headers }), { status: 403, detail: said.nothingSent });
  },
);

test('an end far away does not outlive the session', async () => {
  await using server = await openServer();
  const { access } = await signIn(server, 'ada');
  const key = server.sealing.tokenKey;
  const forEver = made(usual, { ...claimsOf(access), exp: 1e300 }, { key });
  const ask = () => server.call(whoami, { headers: { authorization: `Bearer ${forEver}` } });
  expect((await ask()).status).toBe(200);
  server.pass(604_800);
  expectAnswer(await ask(), { status: 401, detail: said.badToken });
});

describe('as the refresh cookie is refused, and ends no session,', () => {
  const refresh = (token: string) =>
    t.call('POST /api/v1/refresh', { cookies: { refresh_token_lf: encodeURIComponent(token) } });

  test.each(Object.entries(forgeries).filter(([name]) => name !== '15,000 letters'))(
    '%s',
    async (_name, forge) => {
      const token = forge(ada.refresh, claimsOf(ada.refresh));
      const answer = await refresh(token);
      expectAnswer(answer, { status: 401, detail: said.badRefresh });
      expect(answer.setCookies).toEqual([]);
      await isUnharmed(token);
    },
  );

  test.each(Object.entries(withoutTheKey).filter(([name]) => name !== '15,000 letters'))(
    '%s, neither by signing out',
    async (_name, forge) => {
      const token = forge(ada.refresh, claimsOf(ada.refresh));
      const cookies = { refresh_token_lf: encodeURIComponent(token) };
      expect((await t.call('POST /api/v1/logout', { cookies })).status).toBe(200);
      await isUnharmed(token);
    },
  );

  test.each<[string, () => string]>([
    ['an access token', () => ada.access],
    [
      'an access token that calls itself refresh',
      () => made(usual, { ...claimsOf(ada.access), type: 'refresh' }),
    ],
    ['a refresh token without its own id', () => made(usual, { ...claimsOf(ada.refresh), jti: undefined })],
    [
      'a token of a deleted user',
      () => made(usual, { ...claimsOf(once.deleted ?? ''), type: 'refresh', jti: 'x' }),
    ],
  ])('%s', async (_name, token) => {
    expectAnswer(await refresh(token()), { status: 401, detail: said.badRefresh });
    await isUnharmed(token());
  });

  test('and afterwards the honest one still works', async () => {
    expect((await refresh(ada.refresh)).status).toBe(200);
  });
});
