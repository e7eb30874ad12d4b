import { Refusal } from '../refusal.ts';
import type { ApiKey } from '../store/api-keys.ts';
import type { AuditRow } from '../store/audit.ts';
import type { Reads } from '../store/open.ts';
import type { Session } from '../store/sessions.ts';
import type { UserQuery } from '../store/user-filters.ts';
import type { PageStart, PlacedUser } from '../store/user-lists.ts';
import type { Cursor } from '../store/user-order.ts';
import type { Credentials, User } from '../store/users.ts';
import type { Actor, AuthorityReads } from './actor.ts';
import type { Context } from './context.ts';
import { type SealKind, sealKindOf } from './seals.ts';
import { type SecondStepState, secondStepState } from './second-step.ts';
import { createSharedUsers } from './shared-users.ts';
import { doubtsOf, heldUpAt, mustChangeOf, openCodeOf, secondStepOf, waitsOf, whySignIn } from './why.ts';

/** A contiguous part of a list around one user's place. */
export type Surroundings = {
  users: PlacedUser[];
  /** Where that user is in `users`; where it is gone, its nearest neighbour. -1: the list is empty. */
  at: number;
  /** Whether the user is still in the list. */
  found: boolean;
  atStart: boolean;
  atEnd: boolean;
};

/** So many of the things that happened to a user are among its details. */
const lastThings = 3;

export type UserDetails = {
  user: User;
  /** The names of its folders. */
  folders: string[];
  /** Those that are open, newest first. */
  sessions: Session[];
  /** What happened to it, the newest first: the last few things. */
  history: AuditRow[];
  /** Undefined where the user has set up no one-time codes. */
  oneTimeCodes: SecondStepState | undefined;
  /** Oldest first. */
  apiKeys: ApiKey[];
  /** Why it can sign in or cannot, and what is to be doubted about its name, as sentences. */
  why: string[];
};

/** Throws superuser_needed or session_ended. */
export const refuseOrdinary = async (
  context: Context,
  reads: AuthorityReads,
  actor: Actor,
): Promise<void> => {
  if (!(await context.authority(reads, actor)).isSuperuser) throw new Refusal('superuser_needed');
};

/** Reading users: for superusers and commands. */
export const createUserReading = (context: Context) => {
  const { store } = context;
  const shared = createSharedUsers();
  const named = (credentials: Credentials | undefined, username: string): User => {
    if (!credentials) throw new Refusal('no_user_named', { username });
    return credentials.user;
  };

  return {
    /** Gives users as the objects that others hold them as, where those are the same: so does each reading. */
    shared,

    /**
     * Up to `limit` users of a list, in its order, each with its place. What a newer question makes pointless is
     * aborted by its signal, here and below, and throws that signal's reason.
     */
    page: (
      actor: Actor,
      query: UserQuery,
      start: PageStart,
      limit: number,
      signal?: AbortSignal,
    ): Promise<PlacedUser[]> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        return shared(await reads.lists.page(query, start, limit));
      }, signal),

    /**
     * A page and how many users the whole list has, of one moment. Counting goes through a whole index, so this stands in
     * the way of no console.
     */
    pageOfAll: (
      actor: Actor,
      query: UserQuery,
      start: PageStart,
      limit: number,
    ): Promise<{ users: PlacedUser[]; total: number }> =>
      store.readAside(async reads => {
        await refuseOrdinary(context, reads, actor);
        const total = await reads.lists.count(query);
        const from = typeof start === 'object' && 'skip' in start ? { ...start, of: total } : start;
        return { users: await reads.lists.page(query, from, limit), total };
      }),

    /** Up to `reach` users on each side of a user, or of the place where it stood. */
    around: (
      actor: Actor,
      query: UserQuery,
      { id, place }: { id: string; place: Cursor },
      reach: number,
      signal?: AbortSignal,
    ): Promise<Surroundings> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        const placeNow = await reads.lists.placeOf(query, id);
        const center = placeNow ?? place;
        const before = await reads.lists.page(query, { before: center }, reach);
        const from = await reads.lists.page(query, { from: center }, reach + 1);
        return {
          users: shared([...before, ...from]),
          at: from.length > 0 ? before.length : before.length - 1,
          found: placeNow !== undefined,
          atStart: before.length < reach,
          atEnd: from.length <= reach,
        };
      }, signal),

    count: (actor: Actor, query: UserQuery, signal?: AbortSignal): Promise<number> =>
      store.readAside(async reads => {
        await refuseOrdinary(context, reads, actor);
        return reads.lists.count(query);
      }, signal),

    /** How many users of the list stand before a place. */
    countBefore: (actor: Actor, query: UserQuery, place: Cursor, signal?: AbortSignal): Promise<number> =>
      store.readAside(async reads => {
        await refuseOrdinary(context, reads, actor);
        return reads.lists.countBefore(query, place);
      }, signal),

    /** A user: any, for a superuser; oneself, for anybody. Throws superuser_needed and user_not_found. */
    find: (actor: Actor, id: string): Promise<User> =>
      store.readTogether(async reads => {
        const who = await context.authority(reads, actor);
        // Whether there is such a user is not for everybody to know.
        if (!who.isSuperuser && who.user?.id !== id) throw new Refusal('superuser_needed');
        const user = await reads.users.find(id);
        if (!user) throw new Refusal('user_not_found');
        return user;
      }),

    /** Everything there is to know of a user. Throws user_not_found. */
    details: (actor: Actor, id: string): Promise<UserDetails> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        const user = await reads.users.find(id);
        if (!user) throw new Refusal('user_not_found');
        return {
          user,
          folders: (await reads.folders.of(id)).map(({ name }) => name),
          sessions: await reads.sessions.openOf(id, context.now()),
          history: await reads.audit.page({ targetId: id }, { limit: lastThings }),
          apiKeys: await reads.apiKeys.listOf(id),
          oneTimeCodes: await secondStepState(reads, id),
          why: await sentencesOn(context, reads, user),
        };
      }),

    /** Why a user can sign in or cannot, and what is to be doubted about its name, as sentences. */
    whySignIn: async (actor: Actor, user: User): Promise<string[]> => {
      await refuseOrdinary(context, store.read, actor);
      return sentencesOn(context, store.read, user);
    },

    /** What should be known of a user's name before it is let in, as sentences without their full stops. */
    doubts: async (actor: Actor, user: Pick<User, 'id' | 'username'>): Promise<string[]> => {
      await refuseOrdinary(context, store.read, actor);
      return doubtsOf(store.read, user);
    },

    /** Throws no_user_named. */
    findByName: async (actor: Actor, username: string): Promise<User> => {
      await refuseOrdinary(context, store.read, actor);
      return named(await store.read.users.findByName(username), username);
    },

    /** Whom these names name, each once. Throws no_user_named and no_users_named where they are not all somebody's. */
    findByNames: (actor: Actor, usernames: readonly string[]): Promise<User[]> =>
      store.readTogether(async reads => {
        await refuseOrdinary(context, reads, actor);
        const found = new Map<string, User>();
        const unknown: string[] = [];
        for (const username of usernames) {
          const user = (await reads.users.findByName(username))?.user;
          if (user) found.set(user.id, user);
          else unknown.push(username);
        }
        const [username, ...others] = unknown;
        if (username !== undefined && others.length > 0)
          throw new Refusal('no_users_named', { usernames: unknown });
        if (username !== undefined) throw new Refusal('no_user_named', { username });
        return [...found.values()];
      }),
  };
};

/** Why a user can sign in or cannot, in the order in which a sign-in finds out. */
const sentencesOn = async (
  context: Context,
  reads: Pick<Reads, 'throttle' | 'lists' | 'recoveries' | 'secondSteps' | 'users'>,
  user: User,
): Promise<string[]> => [
  ...waitsOf(user, await context.throttle.locksOf(reads, user.username)),
  ...(user.isAutomatic ? [] : heldUpAt(await context.throttle.sourcesHeldUp(reads))),
  ...whySignIn(context, user, await passwordKindOf(context, reads, user)),
  ...openCodeOf(context, user, await reads.recoveries.codeOf(user.id, context.now())),
  ...secondStepOf(user, await secondStepState(reads, user.id)),
  ...mustChangeOf(user),
  ...stopped(await doubtsOf(reads, user)),
];

/** How the password of a user is stored; nobody has one who was deleted meanwhile. */
const passwordKindOf = async (
  { sealing }: Context,
  { users }: Pick<Reads, 'users'>,
  { id }: User,
): Promise<SealKind> => sealKindOf(sealing, { id, password: (await users.credentials(id))?.password ?? '' });

const stopped = (sentences: readonly string[]): string[] => sentences.map(sentence => `${sentence}.`);
