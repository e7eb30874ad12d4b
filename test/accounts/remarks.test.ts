import { expect, test } from 'vitest';
import { remarkOn } from '../../src/accounts/remarks.ts';
import type { User } from '../../src/store/users.ts';

const ada: User = {
  id: '1',
  username: 'ada',
  profileImage: null,
  isActive: false,
  isSuperuser: false,
  isAutomatic: false,
  mustChangePassword: false,
  createdAt: '2026-03-01T10:00:00.000000Z',
  updatedAt: '2026-03-01T10:00:00.000000Z',
  lastLoginAt: null,
  version: 1,
};
const remark = (user: Partial<User>, now = '2026-03-01T10:00:00Z', autoLogin = false): string =>
  remarkOn({ settings: { autoLogin } as never, clock: () => new Date(now) }, { ...ada, ...user });

test.each([
  ['2026-03-01T09:59:00Z', 'waits 1 min'],
  ['2026-03-01T10:59:59Z', 'waits 59 min'],
  ['2026-03-01T11:00:00Z', 'waits 1 h'],
  ['2026-03-03T09:59:59Z', 'waits 47 h'],
  ['2026-03-03T10:00:00Z', 'waits 2 d'],
  ['2027-03-01T10:00:00Z', 'waits 365 d'],
])('at %s a user who was never let in %s', (now, words) => {
  expect(remark({}, now)).toBe(words);
});

test.each([{ isActive: true }, { lastLoginAt: '2026-03-01T10:00:00.000000Z' }])(
  'who %j waits for nothing',
  user => {
    expect(remark(user)).toBe('');
  },
);

test('the automatic account is told apart, and whether it lets anybody in', () => {
  expect(remark({ isAutomatic: true }, undefined, true)).toBe('automatic');
  expect(remark({ isAutomatic: true })).toBe('automatic (off)');
});
