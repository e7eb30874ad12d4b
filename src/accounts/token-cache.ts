import type { Store } from '../store/open.ts';
import type { Change } from '../store/revocations.ts';
import type { Asking } from './tokens.ts';

/** So many tokens are remembered; the one that was not seen for longest is forgotten first. */
const mostTokens = 10_000;
/** One with more text than that, in characters, is not: a token of ours has some 350, but an image may be of any length. */
const mostText = 4096;
/**
 * What another process revokes is refused after this, in milliseconds, at the latest. Where the look
 * at its changes is older, nothing that is remembered counts.
 */
const mostBehind = 1000;

/** A token that was found good, and by when it ends by itself, in milliseconds since 1970. */
export type GoodToken<Claims> = { claims: Claims; asking: Asking; until: number };

/** A moment at which the store was asked, and whether the changes of other processes were known then. */
type Mark = { forgotten: number; changes: number; at: number; watched: boolean };

export type TokenCacheOptions = { most?: number | undefined };

/**
 * Remembers who sent a token, so that the next request with it asks neither the signature nor the store. It is
 * forgotten at once by what this process revokes, and when the counter of revocations has moved by what another does.
 *
 * What moves no counter is read anew, by the claims that were verified: at once where the user signed in here, for
 * `last_login_at` is shown; and where anything was written to the database and the last reading is a second old, for
 * what was changed by a sign-in elsewhere, or by another program that knows of no counter.
 */
export const createTokenCache = <Claims>(
  store: Pick<Store, 'onChange' | 'knownUntil'>,
  { most = mostTokens }: TokenCacheOptions = {},
) => {
  const kept = new Map<string, GoodToken<Claims> & { mark: Mark }>();
  let stop: (() => void) | undefined;
  let closed = false;
  /** How often something was forgotten: an answer of the store from before must not be remembered after it. */
  let forgotten = 0;
  let changes = 0;

  const hear = ({ revoked, signedIn }: Change): void => {
    changes += 1;
    if (!revoked && signedIn.size === 0) return;
    forgotten += 1;
    if (revoked) kept.clear();
    for (const good of kept.values())
      if (signedIn.has(good.asking.user.id)) good.mark = { ...good.mark, at: Number.NEGATIVE_INFINITY };
  };
  const isWatched = (now: number): boolean => now - store.knownUntil() < mostBehind;
  const isStill = ({ changes: before, at }: Mark, now: number): boolean =>
    isWatched(now) && (before === changes || now - at < mostBehind);

  return {
    /** Takes the moment before the store is asked. From the first time on the changes of other processes are watched. */
    mark: (): Mark => {
      if (!closed) stop ??= store.onChange(hear);
      const at = performance.now();
      return { forgotten, changes, at, watched: !closed && isWatched(at) };
    },

    /** What was found at that moment, unless something was revoked since, or may have been without our knowing. */
    keep: (token: string, good: GoodToken<Claims>, mark: Mark): void => {
      const text = token.length + (good.asking.user.profileImage?.length ?? 0);
      if (!mark.watched || mark.forgotten !== forgotten || text > mostText) return;
      kept.delete(token);
      kept.set(token, { ...good, mark });
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },

    /** The claims of a token that is known, and who sent it where that is known to be so still. */
    find: (token: string, moment: Date): { claims: Claims; asking: Asking | undefined } | undefined => {
      const found = kept.get(token);
      if (!found || found.until <= moment.getTime()) return undefined;
      kept.delete(token);
      kept.set(token, found);
      const { claims, asking, mark } = found;
      return { claims, asking: isStill(mark, performance.now()) ? asking : undefined };
    },

    /** How many are remembered. */
    size: (): number => kept.size,

    /** Forgets all, and watches no longer. */
    close: (): void => {
      closed = true;
      forgotten += 1;
      stop?.();
      kept.clear();
    },
  };
};
