import type { Console } from './console.ts';
import {
  chunkOf,
  cursorRow,
  emptyList,
  extend,
  type ListState,
  moveBy,
  placed,
  resized,
  scrolledUp,
  wantedSide,
} from './list-state.ts';
import { type Observable, observable } from './observable.ts';
import { onceMore } from './once-more.ts';
import { createQuestions } from './questions.ts';

/** Which rows to read: those at an end, those on one side of a row, or those from it on. */
export type RowsWhere<Row> = 'start' | 'end' | { above: Row } | { below: Row } | { from: Row };

export type RowListState<Row, Query> = {
  readonly list: ListState<Row>;
  readonly query: Query;
  /** Whether the rows are those of the query. */
  readonly isRead: boolean;
};

export type RowListOptions<Row, Query> = {
  console: Pick<Console, 'attempt'>;
  /** Reads up to `limit` rows next to a place; gives them in the order of the list. */
  read: (query: Query, where: RowsWhere<Row>, limit: number, signal: AbortSignal) => Promise<Row[]>;
  /** What a row is known by. */
  keyOf: (row: Row) => string | number;
  query: Query;
  /** Lines on the screen. */
  height: number;
};

export type RowList<Row, Query> = {
  readonly state: Observable<RowListState<Row, Query>>;
  cursor: () => Row | undefined;
  move: (by: number) => void;
  jump: (edge: 'start' | 'end') => void;
  /** Another question: its rows are shown from the first on. */
  ask: (query: Query) => void;
  resize: (height: number) => void;
  /** Reads again what is shown; the cursor stays on its row. */
  refresh: () => Promise<boolean>;
  /** Runs until the cursor is where the keys before have sent it; undefined when it is. */
  settling: () => Promise<void> | undefined;
  close: () => void;
};

/** So many are read at first, or what the terminal shows. */
const leastRead = 50;

/** A list of rows that new ones come to at its start. It holds keyset pages around what is shown, never the whole table. */
export const createRowList = <Row, Query>(options: RowListOptions<Row, Query>): RowList<Row, Query> => {
  const { console, read, keyOf } = options;
  const state = observable<RowListState<Row, Query>>({
    list: emptyList(options.height),
    query: options.query,
    isRead: false,
  });
  const questions = createQuestions(console);
  /** How often the list was read anew. */
  let readings = 0;
  const listNow = (): ListState<Row> => state.get().list;
  const setList = (list: ListState<Row>): void => state.set({ ...state.get(), list });
  const isSame = (one: Row | undefined, other: Row | undefined): boolean =>
    one !== undefined && other !== undefined && keyOf(one) === keyOf(other);
  const reach = (): number => Math.max(leastRead, listNow().height);

  /** Reads on both sides until enough is held there; one reading at a time. */
  const fill = onceMore(async () => {
    for (let side = wantedSide(listNow()); side && state.get().isRead; side = wantedSide(listNow()))
      if (!(await readOn(side))) return;
  });
  /** Gives false where a newer question made the reading pointless. */
  const readOn = async (side: 'before' | 'after'): Promise<boolean> => {
    const signal = questions.signal();
    const { list, query } = state.get();
    const reading = readings;
    const edge = side === 'before' ? list.rows[0] : list.rows.at(-1);
    if (edge === undefined) return false;
    const limit = Math.max(chunkOf(list), Math.abs(list.owed));
    const where = side === 'before' ? { above: edge } : { below: edge };
    const more = await read(query, where, limit, signal);
    if (signal.aborted) return false;
    // Where the list was read anew meanwhile, these rows may not be next to it, or not be so any more.
    if (reading === readings) setList(extend(listNow(), side, more, more.length < limit));
    return true;
  };
  const fillSoon = (): void => void questions.attempt(fill);

  const readEdge = async (edge: 'start' | 'end', signal: AbortSignal): Promise<void> => {
    const { query } = state.get();
    const limit = reach();
    const rows = await read(query, edge, limit, signal);
    if (signal.aborted) return;
    const isWhole = rows.length < limit;
    const list = placed<Row>(
      { ...listNow(), cursor: 0, top: 0 },
      {
        rows,
        at: edge === 'start' ? Math.min(0, rows.length - 1) : rows.length - 1,
        atStart: edge === 'start' || isWhole,
        atEnd: edge === 'end' || isWhole,
      },
      undefined,
    );
    readings += 1;
    state.set({ query, list, isRead: true });
    fillSoon();
  };

  /** Reads around the row under the cursor, which stays on it, or on the row that has its place now. */
  const readAround = async (signal: AbortSignal): Promise<void> => {
    const held = cursorRow(listNow());
    if (held === undefined) return readEdge('start', signal);
    const { query } = state.get();
    const limit = reach();
    const above = await read(query, { above: held }, limit, signal);
    const from = await read(query, { from: held }, limit + 1, signal);
    if (signal.aborted) return;
    // Keys pressed meanwhile may have moved the cursor to another row: it is that one which stays.
    const now = cursorRow(listNow());
    const rows = [...above, ...from];
    const at = isSame(now, held)
      ? above.length - (from.length > 0 ? 0 : 1)
      : rows.findIndex(row => isSame(row, now));
    if (at < 0 && rows.length > 0) return readAround(signal);
    const before = listNow();
    const around = placed<Row>(
      before,
      { rows, at, atStart: above.length < limit, atEnd: from.length <= limit },
      undefined,
    );
    // Who looks at the newest rows sees those that come.
    const isAtTop = before.atStart && before.top === 0;
    const shown = isAtTop ? scrolledUp(around) : around;
    readings += 1;
    setList(moveBy({ ...shown, owed: before.owed }, 0));
    await fill();
  };

  void questions.settle(signal => readEdge('start', signal));
  return {
    state,
    cursor: () => cursorRow(listNow()),
    move: by => {
      setList(moveBy(listNow(), by));
      if (listNow().owed !== 0) void questions.settle(fill);
      else fillSoon();
    },
    jump: edge => {
      const { atStart, atEnd } = listNow();
      if (edge === 'start' ? atStart : atEnd)
        setList(moveBy(listNow(), edge === 'start' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY));
      else {
        questions.replace();
        void questions.settle(signal => readEdge(edge, signal));
      }
    },
    ask: query => {
      questions.replace();
      state.set({ query, list: emptyList(listNow().height), isRead: false });
      void questions.settle(signal => readEdge('start', signal));
    },
    resize: height => {
      setList(resized(listNow(), height));
      fillSoon();
    },
    refresh: onceMore(async () => {
      await questions.settling();
      return questions.attempt(readAround);
    }),
    settling: questions.settling,
    close: questions.close,
  };
};
