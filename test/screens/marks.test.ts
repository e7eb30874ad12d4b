import { describe, expect, test } from 'vitest';
import {
  canMark,
  hasMarks,
  isMarked,
  marksText,
  noMarks,
  selectionOf,
  toggleAll,
  withMarks,
} from '../../src/screens/marks.ts';
import type { User } from '../../src/store/users.ts';

const userOf = (username: string, isActive = true): User => ({
  id: username,
  username,
  profileImage: null,
  isActive,
  isSuperuser: false,
  isAutomatic: false,
  mustChangePassword: false,
  createdAt: '2026-03-01T10:00:00.000000Z',
  updatedAt: '2026-03-01T10:00:00.000000Z',
  lastLoginAt: null,
  version: 1,
});
const [ada, bob, eve] = [userOf('ada'), userOf('bob'), userOf('eve', false)];

describe('users marked one by one', () => {
  test('are those, whatever is shown', () => {
    const marks = withMarks(withMarks(noMarks, [ada, eve], true), [eve], false);
    expect([ada, bob, eve].map(user => isMarked(marks, user))).toEqual([true, false, false]);
    expect(selectionOf(marks)).toEqual({ ids: ['ada'] });
    expect(marksText(marks, { search: 'x' }, 12)).toBe('1 marked');
    expect(hasMarks(withMarks(marks, [ada], false))).toBe(false);
  });
});

describe('all that match', () => {
  const all = toggleAll(noMarks, { filter: 'active' });

  test('are also those that nobody has read', () => {
    expect([ada, bob, eve].map(user => isMarked(all, user))).toEqual([true, true, false]);
    expect(selectionOf(all)).toEqual({ match: { filter: 'active' }, except: [] });
    expect(marksText(all, { filter: 'active' }, 1204)).toBe('1,204 marked');
    expect(marksText(all, { filter: 'active' }, undefined)).toBe('all active marked');
    expect(marksText(all, {}, 1_000_000)).toBe('all active marked');
  });

  test('but for some, who can be marked again', () => {
    const but = withMarks(all, [bob], false);
    expect([ada, bob].map(user => isMarked(but, user))).toEqual([true, false]);
    expect(selectionOf(but)).toEqual({ match: { filter: 'active' }, except: ['bob'] });
    expect(marksText(but, { filter: 'active' }, 1204)).toBe('all active but 1 marked');
    expect(marksText(but, {}, 1)).toBe('all active but 1 marked');
    expect(withMarks(but, [bob], true)).toEqual(all);
  });

  test('cannot take in who does not match', () => {
    expect([ada, eve].map(user => canMark(all, user))).toEqual([true, false]);
    expect(canMark(noMarks, eve)).toBe(true);
  });

  test('asked for again, nobody; of another search, those', () => {
    expect(hasMarks(toggleAll(all, { filter: 'active' }))).toBe(false);
    expect(toggleAll(all, { search: 'a' })).toMatchObject({ match: { search: 'a' } });
    expect(toggleAll(withMarks(all, [bob], false), { filter: 'active' })).toEqual(all);
  });
});
