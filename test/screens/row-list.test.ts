import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRowList } from '../../src/screens/row-list.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Row = { id: number; readAt: number };

/** A list without an end, whose answers come when the test lets them: each row with the change after which it was read. */
const endlessList = () => {
  let changes = 0;
  let gate: Promise<void> = Promise.resolve();
  const rowsFrom = async (first: number, count: number): Promise<Row[]> => {
    const [held, readAt] = [gate, changes];
    await held;
    return Array.from({ length: count }, (_, at) => ({ id: first + at, readAt }));
  };
  const list = createRowList<Row, string>({
    console: { attempt: work => work() },
    keyOf: ({ id }) => id,
    query: '',
    height: 19,
    read: async (_query, where, limit) => {
      if (typeof where === 'string') return rowsFrom(0, limit);
      if ('above' in where)
        return rowsFrom(Math.max(0, where.above.id - limit), Math.min(limit, where.above.id));
      return rowsFrom('below' in where ? where.below.id + 1 : where.from.id, limit);
    },
  });
  return {
    list,
    change: (): void => {
      changes += 1;
    },
    /** Holds back every answer from now on, until the function it gives is called. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
};

test('rows that were read before a change are not put beside those that were read after it', async () => {
  const { list, change, hold } = endlessList();
  await list.settling();
  await list.refresh();
  const answerTheFirst = hold();
  list.resize(40);
  change();
  const answerTheSecond = hold();
  const reading = list.refresh();
  answerTheSecond();
  await vi.advanceTimersByTimeAsync(1);
  answerTheFirst();
  await reading;
  const { rows } = list.state.get().list;
  expect(rows).toEqual(rows.map((_, at) => ({ id: at, readAt: 1 })));
  expect(rows.length).toBeGreaterThan(80);
});
