import { expect, test } from 'vitest';
import { emptyList, moveBy } from '../../src/screens/list-state.ts';
import { looksAlike } from '../../src/screens/looks-alike.ts';
import { distinct, observable } from '../../src/screens/observable.ts';
import type { UserListState } from '../../src/screens/user-list.ts';
import type { PlacedUser } from '../../src/store/user-lists.ts';
import type { User } from '../../src/store/users.ts';

const userAt = (at: number, user: Partial<User> = {}): PlacedUser => ({
  user: { id: String(at), username: `user${at}`, isActive: true, lastLoginAt: null, ...user } as User,
  place: ['username', at],
  looksAlike: false,
});
const query = { sort: 'username', order: 'asc' } as const;

/** A list of which users 2 to 6 are on the screen, as the store gives it anew each time. */
const read = (changed: Record<number, Partial<User>> = {}): UserListState => ({
  list: {
    ...emptyList(5),
    rows: Array.from({ length: 20 }, (_, at) => userAt(at, changed[at])),
    top: 2,
    cursor: 3,
  },
  query,
  total: 20,
});

test('a list that was read again and looks as before is not drawn again', () => {
  const state = observable(read());
  const shown = distinct(state, looksAlike);
  const first = shown.get();
  state.set(read({ 12: { lastLoginAt: '2026-01-01' } }));
  expect(shown.get()).toBe(first);
  state.set(read({ 6: { lastLoginAt: '2026-01-01' } }));
  expect(shown.get()).toBe(state.get());
});

test.each<[string, Partial<UserListState>]>([
  ['a flag in sight', read({ 2: { isActive: false } })],
  ['the cursor', { list: moveBy(read().list, 1) }],
  ['the number of the chosen row', { list: { ...read().list, before: 7 } }],
  ['how many match', { total: 21 }],
  ['the question', { query: { ...query, order: 'desc' } }],
  ['the height', { list: { ...read().list, height: 4 } }],
])('%s makes it look different', (_, changed) => {
  expect(looksAlike(read(), { ...read(), ...changed })).toBe(false);
});
