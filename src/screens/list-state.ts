import type { PlacedUser } from '../store/user-lists.ts';
import type { User } from '../store/users.ts';

/**
 * The part of a list that a screen holds: some hundred users around the visible ones, never the whole table.
 * Pure: a burst of keys is a row of these functions.
 */
export type ListState = {
  readonly users: readonly PlacedUser[];
  /** Whether `users` begins with the first user of the list, and ends with the last. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** How many users of the list stand before the first one held; undefined until they were counted. */
  readonly before: number | undefined;
  /** Indexes in `users`: the chosen user, -1 in an empty list, and the first one on the screen. */
  readonly cursor: number;
  readonly top: number;
  /** Rows on the screen. */
  readonly height: number;
  /** How far the cursor still has to go, once more users are read. */
  readonly owed: number;
};

/** Users kept above and below the screen, in screens: moving a page never waits for the store. */
const margin = 3;
/** What is further away than this, in screens, is forgotten. */
const kept = 6;

export const emptyList = (height: number): ListState => ({
  users: [],
  atStart: true,
  atEnd: true,
  before: 0,
  cursor: -1,
  top: 0,
  height,
  owed: 0,
});

/** How many users to read at a time. */
export const chunkOf = ({ height }: Pick<ListState, 'height'>): number => Math.max(50, height * margin);

export const cursorUser = ({ users, cursor }: ListState): PlacedUser | undefined => users[cursor];

/** Moves the cursor by so many users; what lies beyond the users held is owed. */
export const moveBy = (list: ListState, by: number): ListState => {
  if (list.users.length === 0) return list;
  const wanted = list.cursor + list.owed + by;
  const cursor = clamp(wanted, 0, list.users.length - 1);
  const beyond = wanted - cursor;
  const nothingThere = (beyond < 0 && list.atStart) || (beyond > 0 && list.atEnd);
  return inView({ ...list, cursor, owed: nothingThere ? 0 : beyond });
};

/** Which side more users are wanted on: those owed first, then the margin. */
export const wantedSide = (list: ListState): 'before' | 'after' | undefined => {
  if (list.users.length === 0) return undefined;
  if (list.owed < 0 && !list.atStart) return 'before';
  if (list.owed > 0 && !list.atEnd) return 'after';
  const below = list.users.length - (list.top + list.height);
  if (below < list.height && !list.atEnd) return 'after';
  return list.top < list.height && !list.atStart ? 'before' : undefined;
};

/** Takes in users that were read on one side, `last` where there are no more of them. */
export const extend = (
  list: ListState,
  side: 'before' | 'after',
  more: readonly PlacedUser[],
  last: boolean,
): ListState => {
  const above = side === 'before' ? more.length : 0;
  const grown: ListState = {
    ...list,
    users: side === 'before' ? [...more, ...list.users] : [...list.users, ...more],
    before: plus(list.before, -above),
    cursor: list.cursor + above,
    top: list.top + above,
    atStart: list.atStart || (side === 'before' && last),
    atEnd: list.atEnd || (side === 'after' && last),
  };
  return trim(moveBy(grown, 0));
};

/** A newly read part of the list, with the cursor at `at`. */
export type ReadList = { users: readonly PlacedUser[]; at: number; atStart: boolean; atEnd: boolean };

/** Takes a newly read part: the cursor stays on the same line of the screen, as far as the list allows. */
export const placed = (list: ListState, { at, ...read }: ReadList, before: number | undefined): ListState => {
  const line = Math.max(0, list.cursor - list.top);
  return inView({ ...list, ...read, before: read.atStart ? 0 : before, cursor: at, top: at - line, owed: 0 });
};

/** The number of the chosen user in the whole list, from 1. */
export const positionOf = ({ before, cursor }: ListState): number | undefined =>
  cursor < 0 ? undefined : plus(before, cursor + 1);

export const resized = (list: ListState, height: number): ListState =>
  inView({ ...list, height: Math.max(1, height) });

/** Shows a user as the store holds it now, where it is held. */
export const replaced = (list: ListState, user: User): ListState => ({
  ...list,
  users: list.users.map(held => (held.user.id === user.id ? { ...held, user } : held)),
});

/** Scrolls just so far that the cursor is on the screen and no line is wasted at the end. */
const inView = (list: ListState): ListState => {
  const lowest = Math.max(0, list.users.length - list.height);
  const top = clamp(list.top, Math.max(0, list.cursor - list.height + 1), Math.max(0, list.cursor));
  return { ...list, top: clamp(top, 0, lowest) };
};

const trim = (list: ListState): ListState => {
  const most = list.height * kept;
  const from = Math.max(0, list.top - most);
  const to = Math.min(list.users.length, list.top + list.height + most);
  if (from === 0 && to === list.users.length) return list;
  return {
    ...list,
    users: list.users.slice(from, to),
    before: plus(list.before, from),
    atStart: list.atStart && from === 0,
    atEnd: list.atEnd && to === list.users.length,
    cursor: list.cursor - from,
    top: list.top - from,
  };
};

const plus = (count: number | undefined, more: number): number | undefined =>
  count === undefined ? undefined : count + more;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
