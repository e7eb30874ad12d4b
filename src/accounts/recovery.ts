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
        const who = await context.authority(reads, actor);
        if (!who.isSuperuser) throw new Refusal('superuser_needed');
        const all: PendingRecovery[] = [];
        for (const recovery of await reads.recoveries.unacknowledged())
          all.push({ ...recovery, whyNot: await whyNotAcknowledge(reads, who, recovery) });
        return [...all.filter(({ whyNot }) => !whyNot), ...all.filter(({ whyNot }) => whyNot)];
      }),

    /**
     * A superuser has seen it: nobody is told of it any more. Gives undefined where another was quicker. Throws
     * superuser_needed, session_ended, own_recovery and recovery_of_before.
     */
    acknowledge: async (actor: Actor, id: string): Promise<Recovery | undefined> => {
      const find = async ({ recoveries }: Pick<Reads, 'recoveries'>) =>
        (await recoveries.unacknowledged()).find(pending => pending.id === id);
      const seen = await find(store.read);
      const target = seen && { id: seen.userId, username: seen.username };
      const event = 'recovery_acknowledged';
      return context.attempt({ event, actor, target }, () =>
        store.write(async tx => {
          await refuseOrdinary(context, tx, actor);
          const recovery = await find(tx);
          if (!recovery) return undefined;
          refuseIf(await whyNotAcknowledge(tx, await context.authority(tx, actor), recovery));
          await tx.recoveries.acknowledge(id, context.now());
          await context.record(tx, { event, actor, target });
          return recovery;
        }),
      );
    },
  };
};

/**
 * Why a superuser cannot acknowledge a recovery. It has to be somebody who could be told something new: not the user who was
 * recovered, and nobody who needs no password for it, which are commands and automatic sign-in, unless there is nobody else.
 * Who was no superuser before it may have been made one by the recovered user. And it waits for those who were also while
 * they are deactivated or demoted, which the recovered user can do, too; once they are all deleted, others do.
 */
const whyNotAcknowledge = async (
  { users, recoveries }: { users: Pick<Reads['users'], 'countActiveSuperusers'> } & Pick<Reads, 'recoveries'>,
  { user, session }: Authority,
  { id, userId }: Recovery,
): Promise<Reason | undefined> => {
  if (!user || !session) return 'superuser_needed';
  const isOther = user.id !== userId && !user.isAutomatic;
  const witnesses = await recoveries.witnesses(id, user.id);
  if (witnesses.areThere) {
    if (witnesses.isOne) return undefined;
    return isOther ? 'recovery_of_before' : 'own_recovery';
  }
  if (isOther) return undefined;
  return (await users.countActiveSuperusers(userId)) > 0 ? 'own_recovery' : undefined;
};
