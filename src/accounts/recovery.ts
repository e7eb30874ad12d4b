import { type Reason, Refusal, refuseIf } from '../refusal.ts';
import type { Reads } from '../store/open.ts';
import type { Recovery } from '../store/recoveries.ts';
import type { User } from '../store/users.ts';
import { newId } from '../store/values.ts';
import type { Actor, Authority } from './actor.ts';
import type { Context } from './context.ts';
import { refuseOrdinary } from './list-users.ts';
import { newSignInCode, storedCode } from './sign-in-code.ts';

/** So long, in seconds, a code counts. */
const codeSeconds = 900;

/** Somebody who was recovered: the code, shown once, and until when it counts. */
export type Recovered = { user: User; code: string; expiresAt: string };

/** A recovery that nobody has acknowledged, and why the one who asks cannot. */
export type PendingRecovery = Recovery & { whyNot: Reason | undefined };

/** Getting somebody in again who has lost the password: for commands, which the owner of the database runs. */
export const createRecovery = (context: Context) => {
  const { store, settings, origin } = context;

  const recoverable = (user: User | undefined, username: string): User => {
    if (!settings.enableRecovery) throw new Refusal('recovery_off');
    if (!user) throw new Refusal('no_user_named', { username });
    if (user.isAutomatic) throw new Refusal('automatic_account');
    if (!user.isActive) throw new Refusal('recovery_inactive', { username: user.username });
    return user;
  };

  /** Does it for whoever may write the database file, and for nobody else; keeps what a rule refuses. */
  const attempt = async <T>(
    actor: Actor,
    target: User | undefined,
    work: () => T | Promise<T>,
  ): Promise<T> => {
    if (actor.kind !== 'operator') throw new Refusal('permission_denied');
    return context.attempt({ event: 'recovered', actor, target }, async () => work());
  };

  return {
    /**
     * The user of that name, where it can be recovered. Throws recovery_off, no_user_named, automatic_account and
     * recovery_inactive.
     */
    find: async (actor: Actor, username: string): Promise<User> => {
      const user = (await store.read.users.findByName(username))?.user;
      return attempt(actor, user, () => recoverable(user, username));
    },

    /**
     * Makes a code that signs the user in once, in the place of those before, and ends all sessions of the user. Every
     * superuser is told until one acknowledges it. Throws as `find` does.
     */
    recover: (actor: Actor, seen: User): Promise<Recovered> =>
      attempt(actor, seen, () =>
        store.write(async tx => {
          const user = recoverable(await tx.users.find(seen.id), seen.username);
          const { id, username } = user;
          const { osUser = null, tty = null } = origin;
          const [code, at, expiresAt] = [newSignInCode(), context.now(), context.now(codeSeconds)];
          await tx.sessions.endOf(id);
          await tx.recoveries.insert(
            { id: newId(), userId: id, username, at, osUser, tty },
            { stored: storedCode(code), expiresAt },
          );
          await context.record(tx, { event: 'recovered', actor, target: user, after: { expiresAt } });
          return { user, code, expiresAt };
        }),
      ),

    /**
     * What nobody has acknowledged: first what the superuser who asks can, the oldest first. Throws superuser_needed and
     * session_ended.
     */
    pending: (actor: Actor): Promise<PendingRecovery[]> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        const who = await context.authority(reads, actor);
        const all: PendingRecovery[] = [];
        for (const recovery of await reads.recoveries.unacknowledged())
          all.push({ ...recovery, whyNot: await whyNotAcknowledge(reads, who, recovery) });
        return [...all.filter(({ whyNot }) => !whyNot), ...all.filter(({ whyNot }) => whyNot)];
      }),

    /**
     * A superuser has seen it: nobody is told of it any more. Gives undefined where another was quicker. Throws
     * superuser_needed, session_ended and own_recovery.
     */
    acknowledge: (actor: Actor, id: string): Promise<Recovery | undefined> =>
      store.write(async tx => {
        await refuseOrdinary(context, tx, actor);
        const recovery = (await tx.recoveries.unacknowledged()).find(pending => pending.id === id);
        if (!recovery) return undefined;
        refuseIf(await whyNotAcknowledge(tx, await context.authority(tx, actor), recovery));
        await tx.recoveries.acknowledge(id, context.now());
        await context.record(tx, {
          event: 'recovery_acknowledged',
          actor,
          target: { id: recovery.userId, username: recovery.username },
        });
        return recovery;
      }),
  };
};

/**
 * Why a superuser cannot acknowledge a recovery. It has to be somebody who could be told something new: not the user who was
 * recovered, and nobody who needs no password for it, which are commands and automatic sign-in, unless there is nobody else.
 */
const whyNotAcknowledge = async (
  { users }: { users: Pick<Reads['users'], 'countActiveSuperusers'> },
  { user, session }: Authority,
  { userId }: Recovery,
): Promise<Reason | undefined> => {
  if (!user || !session) return 'superuser_needed';
  if (user.id !== userId && !user.isAutomatic) return undefined;
  return (await users.countActiveSuperusers(userId)) > 0 ? 'own_recovery' : undefined;
};
