import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../accounts/actor.ts';
import type { PlacedUser, UserQuery } from '../store/user-lists.ts';
import type { Cursor } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import type { Console } from './console.ts';
import {
  chunkOf,
  cursorUser,
  emptyList,
  extend,
  type ListState,
  moveBy,
  placed,
  positionOf,
  replaced,
  resized,
  wantedSide,
} from './list-state.ts';
import { observable } from './observable.ts';
import { onceMore } from './once-more.ts';

export type UserListState = {
  readonly list: ListState;
  readonly query: UserQuery;
  /** How many users match; undefined until they were counted. */
  readonly total: number | undefined;
};

export type UserList = ReturnType<typeof createUserList>;

/** Counting waits until nothing was read for so long, in milliseconds: a count may go through a whole index. */
const countDelay = 80;
/** The most users read at once, however far a key goes. */
const mostAtOnce = 1000;

export type UserListOptions = {
  console: Pick<Console, 'attempt'>;
  users: Accounts['users'];
  actor: Actor;
  /** Rows on the screen. */
  height: number;
};

/**
 * The list of users behind the Admin Page. It reads keyset pages around what is shown, reads them again when the
 * store changes, and counts afterwards. An answer to a question that was replaced by a newer one is thrown away.
 */
export const createUserList = ({ console, users, actor, height }: UserListOptions) => {
  /** What the users held were asked with. Their places are none in the order of a newer query. */
  let heldQuery: UserQuery = { sort: 'username', order: 'asc' };
  const state = observable<UserListState>({ list: emptyList(height), query: heldQuery, total: undefined });
  /** The number of the newest question, and what runs until it is answered. */
  let question = 0;
  let settling: Promise<void> | undefined;
  let counting: NodeJS.Timeout | undefined;
  /** What the store answered to changes made here: a reading that began before must not show older users again. */
  const answered = new Map<string, User>();
  const leaving = new Set<string>();
  const goneListeners = new Set<(user: User) => void>();

  const newest = (read: readonly PlacedUser[]): PlacedUser[] =>
    read.map(held => {
      const answer = answered.get(held.user.id);
      if (answer && answer.version > held.user.version) return { ...held, user: answer };
      answered.delete(held.user.id);
      return held;
    });
  const setList = (list: ListState): void => state.set({ ...state.get(), list });
  const listNow = (): ListState => state.get().list;
  const holdsAnswer = (): boolean => heldQuery === state.get().query;
  /** A place in the order of the query to begin at: the user's, or the first where that was read in another. */
  const placeFor = async (query: UserQuery, held: PlacedUser | undefined): Promise<Cursor | undefined> => {
    if (held && heldQuery.sort === query.sort) return held.place;
    const [first] = await users.page(actor, query, 'start', 1);
    return first?.place;
  };

  const settle = (work: () => Promise<void>): Promise<void> => {
    const running = console.attempt(work).finally(() => {
      if (settling === running) settling = undefined;
    });
    settling = running;
    return running;
  };

  /** Counts the users that match and those before the first one held, when the list has come to rest. */
  const countSoon = (): void => {
    clearTimeout(counting);
    counting = setTimeout(() => void console.attempt(count), countDelay);
    counting.unref();
  };
  const count = async (): Promise<void> => {
    if (!holdsAnswer()) return;
    const asked = question;
    const { query, list } = state.get();
    const [first] = list.users;
    const total = await users.count(actor, query);
    const before = first && !list.atStart ? await users.countBefore(actor, query, first.place) : 0;
    if (asked !== question) return;
    if (listNow().users[0] !== first) return countSoon();
    state.set({ ...state.get(), total, list: { ...listNow(), before } });
  };

  /** Reads on both sides until enough is held there; one reading at a time. */
  const fill = onceMore(async () => {
    for (let side = wantedSide(listNow()); side && holdsAnswer(); side = wantedSide(listNow()))
      await readOn(side);
  });
  const readOn = async (side: 'before' | 'after'): Promise<void> => {
    const { list, query } = state.get();
    const edgeOf = ({ users: held }: ListState) => (side === 'before' ? held[0] : held.at(-1));
    const edge = edgeOf(list);
    if (!edge) return;
    const limit = Math.max(chunkOf(list), Math.min(mostAtOnce, Math.abs(list.owed)));
    const more = await users.page(
      actor,
      query,
      side === 'before' ? { before: edge.place } : { after: edge.place },
      limit,
    );
    // The list was read anew meanwhile: these users may not be next to it.
    if (edgeOf(listNow()) === edge) setList(extend(listNow(), side, newest(more), more.length < limit));
  };

  const readEdge = async (edge: 'start' | 'end'): Promise<void> => {
    question += 1;
    const asked = question;
    const { query, list } = state.get();
    const limit = chunkOf(list);
    const read = await users.page(actor, query, edge, limit);
    if (asked !== question) return;
    const whole = read.length < limit;
    const at = edge === 'start' ? Math.min(0, read.length - 1) : read.length - 1;
    const { total } = state.get();
    heldQuery = query;
    setList(
      placed(
        { ...listNow(), cursor: 0, top: 0 },
        { users: newest(read), at, atStart: edge === 'start' || whole, atEnd: edge === 'end' || whole },
        total === undefined ? undefined : total - read.length,
      ),
    );
    countSoon();
  };

  /** Reads around the cursor, which stays on its user wherever that stands now. */
  const readAround = async (sameQuery: boolean): Promise<void> => {
    const asked = question;
    const { query, list } = state.get();
    const held = cursorUser(list);
    const place = held && (await placeFor(query, held));
    if (asked !== question) return;
    if (!held || !place) return readEdge('start');
    const read = await users.around(actor, query, { id: held.user.id, place }, chunkOf(list));
    if (asked !== question) return;
    // Keys pressed meanwhile may have moved the cursor to another user: it is that one which stays.
    const now = cursorUser(listNow());
    const moved = now?.user.id !== held.user.id;
    const at = moved ? read.users.findIndex(({ user }) => user.id === now?.user.id) : read.at;
    if (moved && at < 0) return readAround(sameQuery);
    const position = positionOf(listNow());
    const around = placed(
      listNow(),
      { ...read, users: newest(read.users), at },
      position === undefined ? undefined : Math.max(0, position - 1 - at),
    );
    heldQuery = query;
    // Where keys have sent the cursor further than was held, it still has to go there.
    setList(sameQuery ? moveBy({ ...around, owed: listNow().owed }, 0) : around);
    // Who was changed here has been told of already.
    if (sameQuery && !moved && !read.found && !answered.has(held.user.id))
      for (const listener of goneListeners) listener(held.user);
    countSoon();
    await fill();
  };

  return {
    state,
    cursor: (): User | undefined => cursorUser(listNow())?.user,
    /** Calls the listener when the user under the cursor has gone, and its neighbour has the cursor now. */
    onGone: (listener: (user: User) => void): (() => void) => {
      goneListeners.add(listener);
      return () => void goneListeners.delete(listener);
    },
    /** Runs until the cursor is where the keys before have sent it; undefined when it is. */
    settling: (): Promise<void> | undefined => settling,
    move: (by: number): void => {
      setList(moveBy(listNow(), by));
      if (listNow().owed !== 0) void settle(fill);
      else void console.attempt(fill);
    },
    jump: (edge: 'start' | 'end'): void => {
      const list = listNow();
      if (edge === 'start' ? list.atStart : list.atEnd) {
        setList(moveBy(list, edge === 'start' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY));
      } else void settle(() => readEdge(edge));
    },
    /** Another search or order; the cursor stays on its user where that is still in the list. */
    ask: (query: UserQuery): void => {
      question += 1;
      state.set({ ...state.get(), query, total: undefined, list: { ...listNow(), before: undefined } });
      void settle(() => readAround(false));
    },
    resize: (rows: number): void => {
      setList(resized(listNow(), rows));
      void console.attempt(fill);
    },
    /** Puts the cursor on a user; tells whether it is in this list. */
    goTo: async (id: string): Promise<boolean> => {
      question += 1;
      const asked = question;
      let found = false;
      await settle(async () => {
        const { query, list } = state.get();
        const place = await placeFor(query, cursorUser(list));
        if (!place) return;
        const read = await users.around(actor, query, { id, place }, chunkOf(list));
        found = read.found;
        if (asked !== question || !found) return;
        heldQuery = query;
        setList(placed(listNow(), { ...read, users: newest(read.users) }, undefined));
        countSoon();
      });
      return found;
    },
    /** Shows a user as the store answered it to be. */
    show: (user: User): void => {
      answered.set(user.id, user);
      setList(replaced(listNow(), user));
    },
    /** Who is being deleted here, by id: the store may show that they are gone before it answers. */
    leaving,
    /** The user as it is known by now. */
    latest: (user: User): User =>
      answered.get(user.id) ?? listNow().users.find(held => held.user.id === user.id)?.user ?? user,
    /** Reads again what is shown. Asked for while one is running, it is done once more after it. */
    refresh: onceMore(async () => {
      await settling;
      await console.attempt(() => readAround(true));
    }),
    start: (): Promise<void> => settle(() => readEdge('start')),
    close: (): void => {
      question += 1;
      clearTimeout(counting);
    },
  };
};
