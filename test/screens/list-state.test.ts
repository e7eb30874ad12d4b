import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
} from '../../src/screens/list-state.ts';
import type { PlacedUser } from '../../src/store/user-lists.ts';
import type { User } from '../../src/store/users.ts';

/** The user with that number in the whole list. */
const userAt = (at: number): PlacedUser => {
  const user: User = {
    id: String(at),
    username: `user${at}`,
    profileImage: null,
    isActive: true,
    isSuperuser: false,
    isAutomatic: false,
    mustChangePassword: false,
    createdAt: '',
    updatedAt: '',
    lastLoginAt: null,
    version: 1,
  };
  return { user, place: [at], looksAlike: false };
};
const usersFrom = (from: number, to: number): PlacedUser[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => userAt(from + at));
const numberOf = (placedUser: PlacedUser | undefined): number => Number(placedUser?.user.id);

/** Reads as the store would: users of a list of `size` on one side, in chunks. */
const readOn = (list: ListState, side: 'before' | 'after', size: number): ListState => {
  const limit = Math.max(chunkOf(list), Math.abs(list.owed));
  const edge = numberOf(side === 'before' ? list.rows[0] : list.rows.at(-1));
  const more =
    side === 'before'
      ? usersFrom(Math.max(0, edge - limit), edge)
      : usersFrom(edge + 1, Math.min(size, edge + 1 + limit));
  return extend(list, side, more, more.length < limit);
};
const readAll = (list: ListState, size: number): ListState => {
  const side = wantedSide(list);
  return side ? readAll(readOn(list, side, size), size) : list;
};
/** Reads anew around the cursor, or at an end. */
const readAnew = (list: ListState, size: number, at = numberOf(cursorRow(list))): ListState => {
  const reach = chunkOf(list);
  const from = Math.max(0, at - reach);
  const to = Math.min(size, at + reach + 1);
  const read = { rows: usersFrom(from, to), at: at - from, atStart: from === 0, atEnd: to === size };
  return placed(list, read, from);
};
const opened = (size: number, height: number): ListState =>
  size === 0 ? emptyList(height) : readAnew(emptyList(height), size, 0);

const expectSound = (list: ListState, size: number): void => {
  const { rows, cursor, top, height, before } = list;
  const numbers = rows.map(numberOf);
  expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
  expect(before).toBe(numbers[0] ?? 0);
  if (list.atStart) expect(before).toBe(0);
  if (list.atEnd) expect(numbers.at(-1)).toBe(size - 1);
  // On the screen, and no line of the screen is wasted while there are users to show.
  expect(cursor).toBeGreaterThanOrEqual(top);
  expect(cursor).toBeLessThan(top + height);
  expect(cursor).toBeLessThan(rows.length);
  expect(top).toBeGreaterThanOrEqual(0);
  if (top > 0) expect(top + height).toBeLessThanOrEqual(rows.length);
  expect(positionOf(list)).toBe(numberOf(cursorRow(list)) + 1);
};

type Step =
  | { type: 'move'; by: number }
  | { type: 'first' | 'last' | 'read' | 'anew' }
  | { type: 'resize'; height: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('move' as const), by: fc.integer({ min: -120, max: 120 }) }),
    fc.record({ type: fc.constant('move' as const), by: fc.constantFrom(-1, 1, 19, -19) }),
    fc.record({ type: fc.constantFrom('first' as const, 'last' as const, 'read' as const, 'anew' as const) }),
    fc.record({ type: fc.constant('resize' as const), height: fc.integer({ min: 1, max: 60 }) }),
  ),
  { maxLength: 40 },
);

const afterStep = (list: ListState, step: Step, size: number): ListState => {
  switch (step.type) {
    case 'move':
      return moveBy(list, step.by);
    case 'first':
      return readAnew({ ...list, cursor: 0, top: 0 }, size, 0);
    case 'last':
      return readAnew({ ...list, cursor: 0, top: 0 }, size, size - 1);
    case 'anew':
      return readAnew(list, size);
    case 'resize':
      return resized(list, step.height);
    case 'read': {
      const side = wantedSide(list);
      return side ? readOn(list, side, size) : list;
    }
  }
};

describe('the part of the list that a screen holds', () => {
  test('after any moves, readings and resizes the cursor is where the whole list has it, and on the screen', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 40 }),
        steps,
        (size, height, taken) => {
          let list = opened(size, height);
          let at = 0;
          for (const step of taken) {
            list = afterStep(list, step, size);
            if (step.type === 'move') at = Math.min(Math.max(0, at + step.by), size - 1);
            if (step.type === 'first') at = 0;
            if (step.type === 'last') at = size - 1;
            expectSound(list, size);
            // As keys do: they wait until what is owed was read.
            if (list.owed !== 0) list = readAll(list, size);
            expectSound(list, size);
            expect(numberOf(cursorRow(list))).toBe(at);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('nothing is wanted any more when all was read that is near', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), steps, (size, taken) => {
        let list = opened(size, 19);
        for (const step of taken) list = readAll(afterStep(list, step, size), size);
        const { rows, top, height } = list;
        expect(list.owed).toBe(0);
        expect(list.atStart || top >= height).toBe(true);
        expect(list.atEnd || rows.length - top >= 2 * height).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('never the whole table is held, however far somebody goes', () => {
    let list = opened(5000, 19);
    for (let page = 1; page < 400; page += 1) {
      list = readAll(moveBy(list, page < 250 ? 19 : -19), 5000);
      expect(list.rows.length).toBeLessThanOrEqual(13 * 19 + chunkOf(list));
    }
    expect(numberOf(cursorRow(list))).toBe(249 * 19 - 150 * 19);
  });

  test('an empty list has no cursor, whatever is pressed', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 50 }), (by, height) => {
        const list = resized(moveBy(emptyList(19), by), height);
        expect(cursorRow(list)).toBeUndefined();
        expect(positionOf(list)).toBeUndefined();
        expect(wantedSide(list)).toBeUndefined();
      }),
    );
  });

  test('the cursor keeps its line on the screen when the list is read anew', () => {
    const list = moveBy(moveBy(opened(300, 19), 30), -5);
    expect(list.cursor - list.top).toBe(13);
    const anew = readAnew(list, 300);
    expect(anew.cursor - anew.top).toBe(13);
    expect(numberOf(cursorRow(anew))).toBe(25);
  });

  test('a place that was not counted yet stays unknown until it was', () => {
    const list = { ...opened(300, 19), before: undefined, atStart: false };
    expect(positionOf(moveBy(list, 3))).toBeUndefined();
    expect(positionOf({ ...moveBy(list, 3), before: 100 })).toBe(104);
  });

  test('a user is replaced where it is held, and only there', () => {
    const list = opened(100, 19);
    const changed = { ...userAt(3).user, username: 'ada' };
    const after = replaced(list, changed);
    expect(after.rows[3]?.user).toBe(changed);
    expect(after.rows.filter((held, at) => held !== list.rows[at])).toHaveLength(1);
    expect(replaced(list, userAt(99).user).rows).toEqual(list.rows);
  });
});
