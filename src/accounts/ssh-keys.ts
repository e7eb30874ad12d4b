import { Refusal } from '../refusal.ts';
import type { Reads } from '../store/open.ts';
import type { SshKey } from '../store/ssh-keys.ts';
import type { User } from '../store/users.ts';
import { newId } from '../store/values.ts';
import type { Actor, Authority } from './actor.ts';
import type { Context } from './context.ts';
import { existing } from './create-user.ts';
import { failedBefore } from './failed-sign-ins.ts';
import type { Origin } from './origin.ts';
import { proveOwnPassword } from './own-proof.ts';
import { readPublicKey } from './public-key.ts';
import { refusedSignIn } from './refused-sign-in.ts';
import { beginSession, type SignedIn } from './sessions.ts';
import { takeSecondStep } from './take-second-step.ts';

/** So many a user has at the most, a computer each. */
const mostKeys = 20;

export type KeySignIn = {
  username: string;
  /** The key in base64. That its owner signed with it has been checked. */
  blob: string;
  /** A code of the app, or a recovery code, where the user has set one-time codes up. */
  oneTimeCode?: string | undefined;
  /** The client's address. */
  source: string;
  from: Origin & { door: 'ssh' };
};

const partsOf = ({ fingerprint, comment }: SshKey) => ({ key: fingerprint, name: comment });

/** The public keys that users sign in with over SSH. */
export const createSshKeys = (context: Context) => {
  const { store } = context;

  const refuseOthers = ({ isSuperuser, user }: Authority, userId: string): void => {
    if (!isSuperuser && user?.id !== userId) throw new Refusal('superuser_needed');
  };

  /** The key, where it is that user's; nothing for anybody else, and for whoever may have none. */
  const keyOf = async (
    reads: { users: Pick<Reads['users'], 'findByName'>; sshKeys: Pick<Reads['sshKeys'], 'findByBlob'> },
    { username, blob }: Pick<KeySignIn, 'username' | 'blob'>,
  ): Promise<{ key: SshKey; user: User } | undefined> => {
    // Both are asked for, whatever comes of the first: nobody learns from the time which names there are.
    const [key, found] = [await reads.sshKeys.findByBlob(blob), await reads.users.findByName(username)];
    if (!key || key.userId !== found?.user.id || found.user.isAutomatic) return undefined;
    return { key, user: found.user };
  };

  return {
    /** The keys of a user, oldest first. Throws superuser_needed for another's. */
    list: (actor: Actor, userId: string): Promise<SshKey[]> =>
      store.readTogether(async reads => {
        refuseOthers(await context.authority(reads, actor), userId);
        return reads.sshKeys.listOf(userId);
      }),

    /**
     * Adds a key to a user, from its line; an own one with the present password, for whoever finds a console open must not
     * come back by it. Throws superuser_needed for another's, user_not_found, ssh_key_automatic, too_many_ssh_keys,
     * ssh_key_taken, and what `readPublicKey` and, for an own key, `proveOwnPassword` throw.
     */
    add: async (
      actor: Actor,
      userId: string,
      text: string,
      { current }: { current?: string | undefined } = {},
    ): Promise<SshKey> => {
      const read = await readPublicKey(text);
      const target = await store.read.users.find(userId);
      return context.attempt({ event: 'ssh_key_added', actor, target }, async () => {
        const who = await context.authority(store.read, actor);
        refuseOthers(who, userId);
        const isOwn = who.user?.id === userId && !who.user.isAutomatic;
        const proof = isOwn ? await proveOwnPassword(context, who, { current }) : undefined;
        return store.write(async tx => {
          refuseOthers(await context.authority(tx, actor), userId);
          await proof?.settle(tx);
          const user = await existing(tx, userId);
          if (user.isAutomatic) throw new Refusal('ssh_key_automatic');
          if ((await tx.sshKeys.listOf(userId)).length >= mostKeys)
            throw new Refusal('too_many_ssh_keys', { most: mostKeys });
          if (await tx.sshKeys.findByBlob(read.blob)) throw new Refusal('ssh_key_taken');
          const key = { ...read, id: newId(), userId, createdAt: context.now(), lastUsedAt: null };
          await tx.sshKeys.insert(key);
          await proof?.forget(tx);
          await context.record(tx, { event: 'ssh_key_added', actor, target: user, after: partsOf(key) });
          return key;
        });
      });
    },

    /**
     * Removes a key of a user; sessions that were begun with it go on. Throws ssh_key_not_found, and superuser_needed for
     * another's.
     */
    remove: async (actor: Actor, userId: string, id: string): Promise<SshKey> => {
      const target = await store.read.users.find(userId);
      return context.attempt({ event: 'ssh_key_removed', actor, target }, () =>
        store.write(async tx => {
          refuseOthers(await context.authority(tx, actor), userId);
          const key = await tx.sshKeys.find(id);
          if (key?.userId !== userId) throw new Refusal('ssh_key_not_found');
          await tx.sshKeys.remove(id);
          await context.record(tx, { event: 'ssh_key_removed', actor, target, before: partsOf(key) });
          return key;
        }),
      );
    },

    /** Whether it is worth a signature: the client asks before it makes one. Of unknown users nothing is different. */
    isKnown: async (request: Pick<KeySignIn, 'username' | 'blob'>): Promise<boolean> =>
      (await keyOf(store.read, request)) !== undefined,

    /**
     * Signs somebody in with a key whose signature was right, and with a one-time code where they have set that up.
     * Throws bad_ssh_key; waiting_for_approval, inactive_user, one_time_code_required, one_time_code_wrong and
     * too_many_attempts for the right key only.
     */
    signIn: async ({ username, blob, oneTimeCode, source, from }: KeySignIn): Promise<SignedIn> => {
      const outcome = await store.write(async tx => {
        const known = await keyOf(tx, { username, blob });
        if (!known) throw new Refusal('bad_ssh_key');
        const { user, key } = known;
        const withKey = { ...from, sshKey: key.fingerprint };
        if (!user.isActive) {
          const code = user.lastLoginAt ? 'inactive_user' : 'waiting_for_approval';
          return refusedSignIn(context, tx, { code, from: withKey, target: user });
        }
        const tries = context.throttle.signIn(user.username, source);
        // Whoever fails with passwords holds up passwords and codes, and not the owner of a key.
        const failed = oneTimeCode === undefined ? undefined : await tries.admit(tx);
        const step = await takeSecondStep(context, tx, { user, code: oneTimeCode, tries, from: withKey });
        if (step instanceof Refusal) return step;
        if (failed) await tries.forgetFailures(tx);
        const now = context.now();
        await tx.sshKeys.used(key.id, now);
        await tx.users.signedIn(user.id, now);
        await tx.folders.ensureDefault(user.id);
        const signedIn = { ...user, lastLoginAt: now };
        const failedNow = await failedBefore(tx, user.id);
        const beginning = { door: 'ssh', withPassword: false, from: withKey, ...step } as const;
        return { ...(await beginSession(context, tx, signedIn, beginning)), failed: failedNow };
      });
      if (outcome instanceof Refusal) throw outcome;
      return outcome;
    },
  };
};
