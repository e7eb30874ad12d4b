import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../accounts/actor.ts';
import type { UserQuery } from '../store/user-filters.ts';
import type { PlacedUser } from '../store/user-lists.ts';
import type { UserSort } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import type { Console } from './console.ts';
import { createGone } from './gone.ts';
import {
  chunkOf,
  cursorRow,
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
import { createQuestions } from './questions.ts';
import { createAnswers, newestOf } from './user-answers.ts';
import { createUserCount } from './user-count.ts';

export type UserListState = {
  readonly list: ListState;
  readonly query: UserQuery;
  /** How many users match; undefined until they were counted. */
  readonly total: number | undefined;
};

export type UserList = ReturnType<typeof createUserList>;

/** A user with its place, and the order in which it was read: in another one it is no place. */
type Held = PlacedUser & { sort: UserSort };

/** The most users read at once, however far a key goes. */
const mostAtOnce = 1000;
/** So many are read at first, or what the terminal shows: a search that matches few costs a look at many. */
const leastRead = 50;

export type UserListOptions = {
  console: Pick<Console, 'attempt'>;
  users: Accounts['users'];
  actor: Actor;
  /** Rows on the screen. */
  height: number;
};

/**
 * The list of users behind the Admin Page. It reads keyset pages around what is shown, reads them again when the
 * store changes, and counts afterwards. A question that was replaced by a newer one is aborted, and its answer thrown
 * away.
 */
export const createUserList = ({ console, users, actor, height }: UserListOptions) => {
  /** What the users held were asked with, a new object each time. Their places are none in the order of a newer query. */
  let asked: { readonly query: UserQuery } = { query: { sort: 'username', order: 'asc' } };
  const state = observable<UserListState>({ list: emptyList(height), query: asked.query, total: undefined });
  const questions = createQuestions(console);
  /** Who had the cursor before a search, for when it is over and has found nobody. */
  let beforeSearch: Held | undefined;
  const answers = createAnswers();
  const gone = createGone();

  const setList = (list: ListState): void => state.set({ ...state.get(), list });
  const readAnew = (query: UserQuery, list: ListState): void => {
    asked = { query };
    setList(list);
  };
  const listNow = (): ListState => state.get().list;
  const holdsAnswer = (): boolean => asked.query === state.get().query;
  /** What is seen is read first, the margins around it when that shows. */
  const firstReach = (): number => Math.max(leastRead, listNow().height);
  const heldNow = (): Held | undefined => {
    const held = cursorRow(listNow());
    return held && { ...held, sort: asked.query.sort };
  };
  /** A place in the order of the query to begin at: the user's, or the first where that was read in another. */
  const placeFor = async (query: UserQuery, held: Held | undefined, signal: AbortSignal) => {
    if (held?.sort === query.sort) return held.place;
    const [first] = await users.page(actor, query, 'start', 1, signal);
    return first?.place;
  };

  const counting = createUserCount({ questions, users, actor, state, holdsAnswer });

  /** Reads on both sides until enough is held there; one reading at a time. */
  const fill = onceMore(async () => {
    for (let side = wantedSide(listNow()); side && holdsAnswer(); side = wantedSide(listNow()))
      if (!(await readOn(side))) return;
  });
  /** Gives false where a newer question made the reading pointless. */
  const readOn = async (side: 'before' | 'after'): Promise<boolean> => {
    const signal = questions.signal();
    const { list, query } = state.get();
    const askedBefore = asked;
    const edge = side === 'before' ? list.rows[0] : list.rows.at(-1);
    if (!edge) return false;
    const limit = Math.max(chunkOf(list), Math.min(mostAtOnce, Math.abs(list.owed)));
    const start = side === 'before' ? { before: edge.place } : { after: edge.place };
    const more = await users.page(actor, query, start, limit, signal).catch(error => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (!more || signal.aborted) return false;
    // Where the list was read anew meanwhile, these users may not be next to it, or not be so any more.
    if (asked === askedBefore) setList(extend(listNow(), side, answers.newest(more), more.length < limit));
    return true;
  };
  const fillSoon = (): void => void questions.attempt(fill);

  const readEdge = async (
    edge: 'start' | 'end',
    signal = questions.replace(),
    limit = firstReach(),
  ): Promise<void> => {
    const { query } = state.get();
    const read = await users.page(actor, query, edge, limit, signal);
    if (signal.aborted) return;
    const whole = read.length < limit;
    const at = edge === 'start' ? Math.min(0, read.length - 1) : read.length - 1;
    const { total } = state.get();
    readAnew(
      query,
      placed(
        { ...listNow(), cursor: 0, top: 0 },
        {
          rows: answers.newest(read),
          at,
          atStart: edge === 'start' || whole,
          atEnd: edge === 'end' || whole,
        },
        total === undefined ? undefined : total - read.length,
      ),
    );
    counting.soon();
    fillSoon();
  };

  /** Reads around a user, the one under the cursor if no other, which stays on it wherever that stands now. */
  const readAround = async (sameQuery: boolean, signal: AbortSignal): Promise<void> => {
    const { query } = state.get();
    const held = heldNow() ?? (sameQuery ? undefined : beforeSearch);
    const place = held && (await placeFor(query, held, signal));
    if (signal.aborted) return;
    if (!held || !place) return readEdge('start', signal);
    const read = await users.around(actor, query, { id: held.user.id, place }, firstReach(), signal);
    if (signal.aborted) return;
    // Keys pressed meanwhile may have moved the cursor to another user: it is that one which stays.
    const now = cursorRow(listNow()) ?? held;
    const moved = now.user.id !== held.user.id;
    const at = moved ? read.users.findIndex(({ user }) => user.id === now.user.id) : read.at;
    if (moved && at < 0) return readAround(sameQuery, signal);
    const position = positionOf(listNow());
    const around = placed(
      listNow(),
      { ...read, rows: answers.newest(read.users), at },
      position === undefined ? undefined : Math.max(0, position - 1 - at),
    );
    // Where keys have sent the cursor further than was held, it still has to go there.
    readAnew(query, sameQuery ? moveBy({ ...around, owed: listNow().owed }, 0) : around);
    // Who was changed here has been told of already.
    if (sameQuery && !moved && !read.found && !answers.has(held.user.id)) gone.tell(held.user);
    counting.soon();
    await fill();
  };

  return {
    state,
    cursor: (): User | undefined => cursorRow(listNow())?.user,
    /** The user under the cursor with its place. */
    held: (): PlacedUser | undefined => cursorRow(listNow()),
    /** Calls the listener when the user under the cursor has gone, and its neighbour has the cursor now. */
    onGone: gone.listen,
    /** Runs a change from here, after which these users may be in the list no more. */
    changing: gone.changing,
    /** Runs until the cursor is where the keys before have sent it; undefined when it is. */
    settling: questions.settling,
    isAsking: questions.isAsking,
    move: (by: number): void => {
      setList(moveBy(listNow(), by));
      if (listNow().owed !== 0) void questions.settle(fill);
      else fillSoon();
    },
    jump: (edge: 'start' | 'end'): void => {
      const list = listNow();
      if (edge === 'start' ? list.atStart : list.atEnd) {
        setList(moveBy(list, edge === 'start' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY));
      } else void questions.settle(() => readEdge(edge));
    },
    /**
     * Another search, filter or order. Another search begins at its first match; else the cursor stays on its user where
     * that is still in the list.
     */
    ask: (query: UserQuery): void => {
      const { query: before, list } = state.get();
      questions.replace();
      if (!before.search) beforeSearch = heldNow();
      state.set({ query, total: undefined, list: { ...list, before: undefined } });
      const isAnotherSearch = query.search !== undefined && query.search !== before.search;
      void questions.settle(signal =>
        isAnotherSearch ? readEdge('start', signal) : readAround(false, signal),
      );
    },
    resize: (rows: number): void => {
      setList(resized(listNow(), rows));
      fillSoon();
    },
    /** Puts the cursor on a user; tells whether it is in this list. */
    goTo: async (id: string): Promise<boolean> => {
      questions.replace();
      let found = false;
      await questions.settle(async signal => {
        const { query, list } = state.get();
        const from = await placeFor(query, heldNow(), signal);
        if (!from) return;
        const read = await users.around(actor, query, { id, place: from }, chunkOf(list), signal);
        found = read.found;
        if (signal.aborted || !found) return;
        readAnew(query, placed(listNow(), { ...read, rows: answers.newest(read.users) }, undefined));
        counting.soon();
      });
      return found;
    },
    /** Shows a user as the store answered it to be. */
    show: (user: User): void => {
      answers.add(user);
      setList(replaced(listNow(), user));
    },
    /** The user as it is known by now: as given, as answered, or as shown, whichever is newest. */
    latest: (user: User): User =>
      newestOf(user, [answers.of(user.id), listNow().rows.find(held => held.user.id === user.id)?.user]),
    /** Reads again what is shown, and gives whether it was answered. Asked for meanwhile, it is done once more after it. */
    refresh: onceMore(async () => {
      await questions.settling();
      return questions.attempt(signal => readAround(true, signal));
    }),
    start: (): Promise<void> => questions.settle(() => readEdge('start')),
    close: (): void => {
      questions.close();
      counting.close();
    },
  };
};
