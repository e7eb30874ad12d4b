import { type Reason, Refusal, refuseIf } from '../refusal.ts';
import type { ApiKey } from '../store/api-keys.ts';
import { newKey } from '../store/key-values.ts';
import { newId } from '../store/values.ts';
import { printable } from '../text.ts';
import { type Actor, goodKey } from './actor.ts';
import type { ApiKeyUses } from './api-key-uses.ts';
import type { Context } from './context.ts';
import type { Asking } from './tokens.ts';

/** So many a user has at the most: whoever may make keys must not be able to fill the disk with them. */
const mostKeys = 100;
const longestName = 100;
/** In seconds. */
const longestLife = 10 * 365 * 24 * 60 * 60;

export type KeyWish = {
  /** In characters of any kind, up to 100. */
  name?: string | undefined;
  /** Where not given, it does not end by itself. */
  expiresInSeconds?: number | undefined;
};

/** A new key. `clear` is not kept anywhere: it is shown once, to whoever asked for it. */
export type MadeKey = { key: ApiKey; clear: string };

const whyNotName = (name: string): Reason | undefined => {
  if (Array.from(name).length > longestName) return 'api_key_name_too_long';
  return printable(name) === name ? undefined : 'api_key_name_unprintable';
};

const whyNotLifetime = (seconds: number): Reason | undefined =>
  seconds >= 1 && seconds <= longestLife ? undefined : 'api_key_lifetime';

/** What programs sign in with: a key stands for its user, with all the user's rights, until it is deleted or expires. */
export const createApiKeys = (context: Context, uses: ApiKeyUses) => {
  const { store } = context;

  return {
    /** Who sent an API key, as the store holds them now. Throws bad_api_key, and inactive_user for a good one. */
    verify: async (clear: string): Promise<Asking> => {
      const now = context.now();
      const { key, user } = await goodKey(store.read, await store.read.apiKeys.findByKey(clear), now);
      uses.count(key.id, now);
      return { actor: { kind: 'apiKey', keyId: key.id, userId: user.id }, user };
    },

    /** One's own keys, oldest first. Throws session_ended. */
    list: (actor: Actor): Promise<ApiKey[]> =>
      store.readTogether(async reads => {
        const { user } = await context.authority(reads, actor);
        if (!user) throw new Refusal('session_ended');
        return reads.apiKeys.listOf(user.id);
      }),

    /**
     * Makes a key for oneself; those of one's own that have expired are cleared away with it. A key may make others, as
     * with the Python Langinfra, but none that outlives it where it expires.
     * Throws automatic_account_key, too_many_api_keys, api_key_name_*, api_key_lifetime and session_ended.
     */
    create: async (actor: Actor, { name, expiresInSeconds }: KeyWish): Promise<MadeKey> => {
      const named = name?.normalize('NFC') ?? null;
      if (named !== null) refuseIf(whyNotName(named));
      if (expiresInSeconds !== undefined) refuseIf(whyNotLifetime(expiresInSeconds));
      const clear = newKey();
      return store.write(async tx => {
        const { user, apiKey } = await context.authority(tx, actor);
        if (!user) throw new Refusal('session_ended');
        if (user.isAutomatic) throw new Refusal('automatic_account_key');
        const createdAt = context.now();
        await tx.apiKeys.removeExpiredOf(user.id, createdAt);
        const others = await tx.apiKeys.listOf(user.id);
        if (others.length >= mostKeys) throw new Refusal('too_many_api_keys', { most: mostKeys });
        const wished = expiresInSeconds === undefined ? null : context.now(expiresInSeconds);
        const expiresAt = earlier(wished, apiKey?.expiresAt ?? null);
        const { id: userId } = user;
        const key = await tx.apiKeys.insert({
          id: newId(),
          userId,
          name: named,
          createdAt,
          expiresAt,
          clear,
        });
        await context.record(tx, {
          event: 'api_key_added',
          actor,
          target: user,
          after: { name: named, expiresAt },
        });
        return { key, clear };
      });
    },

    /** Deletes a key: one's own, a superuser anybody's. It counts no more. Throws api_key_not_found and session_ended. */
    remove: (actor: Actor, id: string): Promise<void> =>
      context.attempt({ event: 'api_key_removed', actor }, () =>
        store.write(async tx => {
          const { user, isSuperuser } = await context.authority(tx, actor);
          const key = await tx.apiKeys.find(id);
          // Somebody else's is as good as none: nobody finds out which ids there are.
          if (!key || !(isSuperuser || key.userId === user?.id)) throw new Refusal('api_key_not_found');
          await tx.apiKeys.remove(id);
          const target = await tx.users.find(key.userId);
          await context.record(tx, { event: 'api_key_removed', actor, target, before: { name: key.name } });
        }),
      ),
  };
};

/** Of two ends the one that comes first; null is no end. */
const earlier = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one;
