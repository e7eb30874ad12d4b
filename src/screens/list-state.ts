import type { PlacedUser } from '../store/user-lists.ts';
import type { User } from '../store/users.ts';

/**
 * The part of a list that a screen holds: some hundred rows around the visible ones, never the whole table.
 * Pure: a burst of keys is a row of these functions.
 */
export type ListState<Row = PlacedUser> = {
  readonly rows: readonly Row[];
  /** Whether `rows` begins with the first row of the list, and ends with the last. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** How many rows of the list stand before the first one held; undefined until they were counted. */
  readonly before: number | undefined;
  /** Indexes in `rows`: the chosen one, -1 in an empty list, and the first one on the screen. */
  readonly cursor: number;
  readonly top: number;
  /** Lines on the screen. */
  readonly height: number;
  /** How far the cursor still has to go, once more rows are read. */
  readonly owed: number;
};

/** Rows kept above and below the screen, in screens: moving a page never waits for the store. */
const margin = 3;
/** What is further away than this, in screens, is forgotten. */
const kept = 4;

export const emptyList = (height: number): ListState<never> => ({
  rows: [],
  atStart: true,
  atEnd: true,
  before: 0,
  cursor: -1,
  top: 0,
  height,
  owed: 0,
});

/** How many rows to read at a time. */
export const chunkOf = ({ height }: Pick<ListState, 'height'>): number => Math.max(50, height * margin);

export const cursorRow = <Row>({ rows, cursor }: ListState<Row>): Row | undefined => rows[cursor];

/** Moves the cursor by so many rows; what lies beyond the rows held is owed. */
export const moveBy = <Row>(list: ListState<Row>, by: number): ListState<Row> => {
  if (list.rows.length === 0) return list;
  const wanted = list.cursor + list.owed + by;
  const cursor = clamp(wanted, 0, list.rows.length - 1);
  const beyond = wanted - cursor;
  const nothingThere = (beyond < 0 && list.atStart) || (beyond > 0 && list.atEnd);
  return inView({ ...list, cursor, owed: nothingThere ? 0 : beyond });
};

/** Which side more rows are wanted on: those owed first, then the margin. */
export const wantedSide = (list: ListState<unknown>): 'before' | 'after' | undefined => {
  if (list.rows.length === 0) return undefined;
  if (list.owed < 0 && !list.atStart) return 'before';
  if (list.owed > 0 && !list.atEnd) return 'after';
  const below = list.rows.length - (list.top + list.height);
  if (below < list.height && !list.atEnd) return 'after';
  return list.top < list.height && !list.atStart ? 'before' : undefined;
};

/** Takes in rows that were read on one side, `last` where there are no more of them. */
export const extend = <Row>(
  list: ListState<Row>,
  side: 'before' | 'after',
  more: readonly Row[],
  last: boolean,
): ListState<Row> => {
  const above = side === 'before' ? more.length : 0;
  const grown: ListState<Row> = {
    ...list,
    rows: side === 'before' ? [...more, ...list.rows] : [...list.rows, ...more],
    before: plus(list.before, -above),
    cursor: list.cursor + above,
    top: list.top + above,
    atStart: list.atStart || (side === 'before' && last),
    atEnd: list.atEnd || (side === 'after' && last),
  };
  return trim(moveBy(grown, 0));
};

/** A newly read part of the list, with the cursor at `at`. */
export type ReadList<Row> = { rows: readonly Row[]; at: number; atStart: boolean; atEnd: boolean };

/** Takes a newly read part: the cursor stays on the same line of the screen, as far as the list allows. */
export const placed = <Row>(
  list: ListState<Row>,
  { rows, at, atStart, atEnd }: ReadList<Row>,
  before: number | undefined,
): ListState<Row> => {
  const line = Math.max(0, list.cursor - list.top);
  const first = atStart ? 0 : before;
  return inView({ ...list, rows, atStart, atEnd, before: first, cursor: at, top: at - line, owed: 0 });
};

/** The rows on the screen. */
export const shownRows = <Row>({ rows, top, height }: ListState<Row>): readonly Row[] =>
  rows.slice(top, top + height);

/** Whether two states look the same: their rows on the screen, the chosen one, and its number. */
export const looksSame = <Row>(
  one: ListState<Row>,
  other: ListState<Row>,
  isSame: (one: Row, other: Row) => boolean,
): boolean => {
  const [shown, others] = [shownRows(one), shownRows(other)];
  return (
    one.cursor - one.top === other.cursor - other.top &&
    positionOf(one) === positionOf(other) &&
    shown.length === others.length &&
    shown.every((row, at) => isSame(row, others[at] as Row))
  );
};

/** The number of the chosen row in the whole list, from 1. */
export const positionOf = ({ before, cursor }: ListState<unknown>): number | undefined =>
  cursor < 0 ? undefined : plus(before, cursor + 1);

export const resized = <Row>(list: ListState<Row>, height: number): ListState<Row> =>
  inView({ ...list, height: Math.max(1, height) });

/** Scrolls up as far as the cursor stays on the screen. */
export const scrolledUp = <Row>(list: ListState<Row>): ListState<Row> => inView({ ...list, top: 0 });

/** Shows a user as the store holds it now, where it is held. */
export const replaced = (list: ListState, user: User): ListState => ({
  ...list,
  rows: list.rows.map(held => (held.user.id === user.id ? { ...held, user } : held)),
});

/** Scrolls just so far that the cursor is on the screen and no line is wasted at the end. */
const inView = <Row>(list: ListState<Row>): ListState<Row> => {
  const lowest = Math.max(0, list.rows.length - list.height);
  const top = clamp(list.top, Math.max(0, list.cursor - list.height + 1), Math.max(0, list.cursor));
  return { ...list, top: clamp(top, 0, lowest) };
};

const trim = <Row>(list: ListState<Row>): ListState<Row> => {
  const most = list.height * kept;
  const from = Math.max(0, list.top - most);
  const to = Math.min(list.rows.length, list.top + list.height + most);
  if (from === 0 && to === list.rows.length) return list;
  return {
    ...list,
    rows: list.rows.slice(from, to),
    before: plus(list.before, from),
    atStart: list.atStart && from === 0,
    atEnd: list.atEnd && to === list.rows.length,
    cursor: list.cursor - from,
    top: list.top - from,
  };
};

const plus = (count: number | undefined, more: number): number | undefined =>
  count === undefined ? undefined : count + more;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
