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
type Mark = { revocations: number; signIns: number; changes: number; at: number; watched: boolean };

export type TokenCacheOptions = { most?: number | undefined };

/**
 * Remembers who sent a token, so that the next request with it asks neither the signature nor the store. What the store
 * said of anybody is forgotten at once when this process revokes something, and when the counter of revocations has moved
 * where another does; the store is asked again then, and the signature is not: nothing changes that.
 *
 * What moves no counter is read anew, too: at once where the user signed in here, for `last_login_at` is shown; and where
 * anything was written to the database and the last reading is a second old, for what was changed by a sign-in elsewhere,
 * or by another program that knows of no counter.
 */
export const createTokenCache = <Claims>(
  store: Pick<Store, 'onChange' | 'knownUntil'>,
  { most = mostTokens }: TokenCacheOptions = {},
) => {
  const kept = new Map<string, GoodToken<Claims> & { mark: Mark }>();
  let stop: (() => void) | undefined;
  let closed = false;
  let revocations = 0;
  let signIns = 0;
  let changes = 0;

  const hear = ({ revoked, signedIn }: Change): void => {
    changes += 1;
    if (revoked) revocations += 1;
    if (signedIn.size === 0) return;
    signIns += 1;
    for (const good of kept.values())
      if (signedIn.has(good.asking.user.id)) good.mark = { ...good.mark, at: Number.NEGATIVE_INFINITY };
  };
  const isWatched = (now: number): boolean => now - store.knownUntil() < mostBehind;
  const isStill = (mark: Mark, now: number): boolean =>
    mark.revocations === revocations &&
    isWatched(now) &&
    (mark.changes === changes || now - mark.at < mostBehind);

  return {
    /** Takes the moment before the store is asked. From the first time on the changes of other processes are watched. */
    mark: (): Mark => {
      if (!closed) stop ??= store.onChange(hear);
      const at = performance.now();
      return { revocations, signIns, changes, at, watched: !closed && isWatched(at) };
    },

    /**
     * Remembers what was found at that moment; where something was revoked since, `find` sees it by the mark. Not where
     * that could have happened without our knowing, nor where somebody signed in since: it may be this user.
     */
    keep: (token: string, good: GoodToken<Claims>, mark: Mark): void => {
      const text = token.length + (good.asking.user.profileImage?.length ?? 0);
      if (!mark.watched || mark.signIns !== signIns || text > mostText) return;
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
      revocations += 1;
      stop?.();
      kept.clear();
    },
  };
};
