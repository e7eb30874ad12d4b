import type { webcrypto } from 'node:crypto';
import { JOSEError } from 'jose/errors';
import { SignJWT } from 'jose/jwt/sign';
import { jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod/mini';
import { Refusal } from '../refusal.ts';
import type { Store, Transaction } from '../store/open.ts';
import type { Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import { newId, timestampOf } from '../store/values.ts';
import { type Actor, type AuthorityReads, authorityOf, refuseConfined } from './actor.ts';
import type { Origin } from './origin.ts';
import { createTokenCache } from './token-cache.ts';
import { dashed } from './user-json.ts';

/** For so long after it was used up a refresh token is answered with the present pair: another tab may hold it. */
const graceSeconds = 10;
/** No more tokens that were used up are remembered than this: so often no browser refreshes in that time. */
const mostUsedUp = 32;

/** A token and how long it is valid from now, in seconds. */
export type IssuedToken = { token: string; seconds: number };
/** What a sign-in or a refresh gives; automatic sign-in gives no refresh token. */
export type TokenPair = { access: IssuedToken; refresh: IssuedToken | null };
/** Who a request comes from. */
export type Asking = { actor: Actor; user: User };

export type TokensOptions = {
  /** 32 bytes, from `Sealing`. */
  tokenKey: Uint8Array;
  settings: { readonly autoLogin: boolean; readonly accessTokenSeconds: number };
  store: Pick<Store, 'read' | 'write' | 'onChange' | 'knownUntil'>;
  clock: () => Date;
  /** Told of the session that a token which was verified belongs to. */
  saw?: (sessionId: string) => void;
  /** Told of a session that a used-up refresh token has ended. */
  onReuse?: (tx: Transaction, session: Session, from?: Origin) => Promise<void>;
  /** So many tokens that were found good are remembered. */
  mostRemembered?: number;
};

export type Tokens = ReturnType<typeof createTokens>;

const id = z.pipe(
  z.string(),
  z.transform(text => text.replaceAll('-', '')),
);
const claimsOf = {
  access: z.object({ type: z.literal('access'), sub: id, sid: id, exp: z.number() }),
  refresh: z.object({ type: z.literal('refresh'), sub: id, sid: id, jti: id }),
};
type TokenType = keyof typeof claimsOf;
type Claims<Type extends TokenType> = z.output<(typeof claimsOf)[Type]>;

/**
 * A token has one spelling: three parts without padding or white space, and a signature of 32 bytes whose last letter
 * has no stray bits. jose takes other ones for the same token, which would let one holder have many of it.
 */
const spelling = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/;

const secondsOf = (timestamp: string): number => Math.floor(Date.parse(timestamp) / 1000);

/**
 * The tokens of the HTTP API: JWT (RFC 7519), HS256 and nothing else. `sub` is the user, `sid` the session that
 * the token lives and dies with; a refresh token has a `jti` too, and the session's row names the one that counts.
 */
export const createTokens = (options: TokensOptions) => {
  const { tokenKey, settings, store, clock, mostRemembered, saw, onReuse } = options;
  const { autoLogin, accessTokenSeconds } = settings;
  const cache = createTokenCache<Claims<'access'>>(store, { most: mostRemembered });
  let imported: Promise<webcrypto.CryptoKey> | undefined;
  // On first use: a server starts a few milliseconds sooner without WebCrypto.
  const key = (): Promise<webcrypto.CryptoKey> => {
    const kind = { name: 'HMAC', hash: 'SHA-256' };
    imported ??= crypto.subtle.importKey('raw', new Uint8Array(tokenKey), kind, false, ['sign', 'verify']);
    return imported;
  };
  const now = (inSeconds = 0): string => timestampOf(new Date(clock().getTime() + inSeconds * 1000));

  const sign = async (
    claims: { type: TokenType; jti?: string },
    { userId, id: sessionId }: Session,
    { from, until }: { from: string; until: string },
  ): Promise<IssuedToken> => {
    const token = await new SignJWT({ ...claims, sid: dashed(sessionId) })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(dashed(userId))
      .setIssuedAt(secondsOf(from))
      .setExpirationTime(secondsOf(until))
      .sign(await key());
    return { token, seconds: Math.max(0, secondsOf(until) - secondsOf(now())) };
  };

  /** No token outlives its session. All of a refresh token comes from the session's row: the same row, the same token. */
  const issue = async ({ session }: { session: Session }): Promise<TokenPair> => {
    const usual = now(accessTokenSeconds);
    const end = session.expiresAt;
    const until = end !== null && end < usual ? end : usual;
    const access = await sign({ type: 'access' }, session, { from: now(), until });
    if (!session.refresh) return { access, refresh: null };
    const claims = { type: 'refresh', jti: dashed(session.refresh.id) } as const;
    return {
      access,
      refresh: await sign(claims, session, { from: session.refresh.at, until: end ?? usual }),
    };
  };

  /** The claims of a token that we signed and that is valid at that moment; nothing for any other text. */
  const read = async <Type extends TokenType>(
    token: string,
    type: Type,
    moment: Date,
  ): Promise<Claims<Type> | undefined> => {
    if (!spelling.test(token)) return undefined;
    try {
      const { payload } = await jwtVerify(token, await key(), {
        algorithms: ['HS256'],
        requiredClaims: ['exp'],
        currentDate: moment,
      });
      const claims = claimsOf[type].safeParse(payload);
      return claims.success ? (claims.data as Claims<Type>) : undefined;
    } catch (error) {
      if (error instanceof JOSEError) return undefined;
      throw error;
    }
  };

  const actorOf = ({ sub, sid }: Claims<'access'> | Claims<'refresh'>): Actor => ({
    kind: 'session',
    sessionId: sid,
    userId: sub,
  });

  /** Who it is, also where they have to change the password first; nothing where the session has ended. */
  const authority = async (reads: AuthorityReads, actor: Actor) => {
    try {
      return await authorityOf(reads, actor, { autoLogin, now: now(), evenConfined: true });
    } catch (error) {
      if (error instanceof Refusal && error.code === 'session_ended') return undefined;
      throw error;
    }
  };

  return {
    /** The tokens of a session that has just begun. */
    issue,

    /**
     * Who sent an access token, as the store holds them now. While nothing is revoked, a token that was found good is
     * answered from memory. Throws bad_token and token_of_nobody.
     */
    verify: async (token: string): Promise<Asking> => {
      const moment = clock();
      const known = cache.find(token, moment);
      if (known?.asking) {
        saw?.(known.claims.sid);
        return known.asking;
      }
      const claims = known?.claims ?? (await read(token, 'access', moment));
      if (!claims) throw new Refusal('bad_token');
      const actor = actorOf(claims);
      const mark = cache.mark();
      const { user, session } = (await authority(store.read, actor)) ?? {};
      if (user) {
        const asking = { actor, user };
        const sessionEnd = session?.expiresAt ? Date.parse(session.expiresAt) : Number.POSITIVE_INFINITY;
        cache.keep(token, { claims, asking, until: Math.min(claims.exp * 1000, sessionEnd) }, mark);
        saw?.(claims.sid);
        return asking;
      }
      const named = await store.read.users.find(claims.sub);
      throw new Refusal(named?.isActive ? 'bad_token' : 'token_of_nobody');
    },

    /**
     * A new pair for a refresh token, which is used up by it (rotation, RFC 9700 section 4.14.2). One that was used
     * up longer ago than the grace ends its session: either its owner or a thief holds a copy.
     * Throws bad_refresh_token, and password_change_required for a good one.
     */
    refresh: async (token: string, from?: Origin): Promise<TokenPair> => {
      const claims = await read(token, 'refresh', clock());
      if (!claims) throw new Refusal('bad_refresh_token');
      const renewed = await store.write(async tx => {
        const who = await authority(tx, actorOf(claims));
        const session = who?.session;
        if (!who || !session?.refresh) return undefined;
        const { id: current } = session.refresh;
        const recent = session.refresh.usedUp.filter(({ at }) => at > now(-graceSeconds));
        const isRecent = recent.some(({ id }) => id === claims.jti);
        // It is not used up by this: it counts once there is a new password.
        if (claims.jti === current || isRecent) refuseConfined(who);
        if (claims.jti === current) {
          const at = now();
          const usedUp = [{ id: current, at }, ...recent].slice(0, mostUsedUp);
          const refresh = { id: newId(), at, usedUp };
          await tx.sessions.setRefresh(session.id, refresh);
          return { session: { ...session, refresh } };
        }
        if (isRecent) return { session };
        // It may be a recent one that more have followed than are remembered: a page that refreshes without end.
        if (recent.length >= mostUsedUp) return undefined;
        // Not thrown here: that would take the ending back.
        await tx.sessions.end(session.id);
        await onReuse?.(tx, session, from);
        return undefined;
      });
      if (!renewed) throw new Refusal('bad_refresh_token');
      return issue(renewed);
    },

    /** The id of the session that a token of ours belongs to, though it may have expired: for signing out. */
    sessionOf: async (token: string, type: TokenType): Promise<string | undefined> =>
      (await read(token, type, new Date(0)))?.sid,

    /** How many tokens are remembered. */
    remembered: cache.size,

    /** Stops watching for what other processes revoke. */
    close: cache.close,
  };
};
