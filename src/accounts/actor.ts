import { Refusal } from '../refusal.ts';
import type { Reads } from '../store/open.ts';
import type { Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import type { Origin } from './origin.ts';

/**
 * Who asks for something: somebody signed in, or a command with the authority of whoever may write the
 * database file.
 */
export type Actor = (
  | { readonly kind: 'session'; readonly sessionId: string; readonly userId: string }
  | { readonly kind: 'operator'; readonly osUser: string }
) & {
  /** Where they come from, for the audit. */
  readonly from?: Origin | undefined;
};

/** What the store says of an actor now. */
export type Authority = {
  actor: Actor;
  /** The user who is signed in; undefined for a command. */
  user: User | undefined;
  session: Session | undefined;
  isSuperuser: boolean;
};

export type AuthorityReads = {
  users: Pick<Reads['users'], 'find'>;
  sessions: Pick<Reads['sessions'], 'find'>;
};

/**
 * What an actor may do at this moment. It is asked inside the transaction that changes something, so that
 * nothing is done by somebody whose session ended or who was demoted a moment ago.
 * Throws session_ended.
 */
export const authorityOf = async (
  reads: AuthorityReads,
  actor: Actor,
  { autoLogin, now }: { autoLogin: boolean; now: string },
): Promise<Authority> => {
  if (actor.kind === 'operator') return { actor, user: undefined, session: undefined, isSuperuser: true };
  const session = await reads.sessions.find(actor.sessionId);
  const expired = session?.expiresAt != null && session.expiresAt <= now;
  if (!session || expired || session.userId !== actor.userId) throw new Refusal('session_ended');
  const user = await reads.users.find(actor.userId);
  // The automatic account has authority only where automatic sign-in is on, whatever the store holds.
  if (!user?.isActive || (user.isAutomatic && !autoLogin)) throw new Refusal('session_ended');
  return { actor, user, session, isSuperuser: user.isSuperuser };
};
