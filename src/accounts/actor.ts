import { Refusal } from '../refusal.ts';
import type { ApiKey } from '../store/api-keys.ts';
import type { Reads } from '../store/open.ts';
import type { Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import type { Origin } from './origin.ts';

/**
 * Who asks for something: somebody signed in, a program with an API key of somebody, or a command with the authority of
 * whoever may write the database file.
 */
export type Actor = (
  | { readonly kind: 'session'; readonly sessionId: string; readonly userId: string }
  | { readonly kind: 'apiKey'; readonly keyId: string; readonly userId: string }
  | { readonly kind: 'operator'; readonly osUser: string }
) & {
  /** Where they come from, for the audit. */
  readonly from?: Origin | undefined;
};

/** What the store says of an actor now. */
export type Authority = {
  actor: Actor;
  /** The user who is signed in or whose API key it is; undefined for a command. */
  user: User | undefined;
  /** Undefined for a command and for an API key. */
  session: Session | undefined;
  /** Undefined but for an API key. */
  apiKey: ApiKey | undefined;
  isSuperuser: boolean;
};

export type AuthorityReads = {
  users: Pick<Reads['users'], 'find'>;
  sessions: Pick<Reads['sessions'], 'find'>;
  apiKeys: Pick<Reads['apiKeys'], 'find'>;
};

/** The client's address where somebody comes over the network: the failures from there are counted. */
export const sourceOf = ({ from }: Actor): string | undefined =>
  from && from.door !== 'local' && from.door !== 'command' ? from.address : undefined;

/** The user that an actor acts as; nobody for a command. */
export const ownIdOf = (actor: Actor): string | undefined =>
  actor.kind === 'operator' ? undefined : actor.userId;

/**
 * Refuses a session of somebody who has to change the password first: it may ask who it is, do that, and sign out. API
 * keys go on working: they are of programs, which have no password to change. Throws password_change_required.
 */
export const refuseConfined = ({ actor, user }: Pick<Authority, 'actor' | 'user'>): void => {
  if (actor.kind === 'session' && user?.mustChangePassword) throw new Refusal('password_change_required');
};

export type AuthorityOptions = {
  autoLogin: boolean;
  now: string;
  /** For what somebody may do who has to change the password first. */
  evenConfined?: boolean | undefined;
};

/**
 * What an actor may do at this moment. It is asked inside the transaction that changes something, so that
 * nothing is done by somebody whose session ended or who was demoted a moment ago.
 * Throws session_ended and password_change_required; for an API key bad_api_key and inactive_user.
 */
export const authorityOf = async (
  reads: AuthorityReads,
  actor: Actor,
  { autoLogin, now, evenConfined = false }: AuthorityOptions,
): Promise<Authority> => {
  if (actor.kind === 'operator')
    return { actor, user: undefined, session: undefined, apiKey: undefined, isSuperuser: true };
  if (actor.kind === 'apiKey') {
    const found = await reads.apiKeys.find(actor.keyId);
    const { key, user } = await goodKey(reads, found?.userId === actor.userId ? found : undefined, now);
    return { actor, user, session: undefined, apiKey: key, isSuperuser: user.isSuperuser };
  }
  const session = await reads.sessions.find(actor.sessionId);
  const expired = session?.expiresAt != null && session.expiresAt <= now;
  if (!session || expired || session.userId !== actor.userId) throw new Refusal('session_ended');
  const user = await reads.users.find(actor.userId);
  // The automatic account has authority only where automatic sign-in is on, whatever the store holds.
  if (!user?.isActive || (user.isAutomatic && !autoLogin)) throw new Refusal('session_ended');
  if (!evenConfined) refuseConfined({ actor, user });
  return { actor, user, session, apiKey: undefined, isSuperuser: user.isSuperuser };
};

/**
 * An API key that counts now, with its user. The automatic account has none: one that an older database gave it counts
 * for nothing. Throws bad_api_key and inactive_user.
 */
export const goodKey = async (
  { users }: Pick<AuthorityReads, 'users'>,
  key: ApiKey | undefined,
  now: string,
): Promise<{ key: ApiKey; user: User }> => {
  if (!key?.isActive || (key.expiresAt !== null && key.expiresAt <= now)) throw new Refusal('bad_api_key');
  const user = await users.find(key.userId);
  if (!user || user.isAutomatic) throw new Refusal('bad_api_key');
  if (!user.isActive) throw new Refusal('inactive_user');
  return { key, user };
};
