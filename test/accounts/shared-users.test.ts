import { expect, test } from 'vitest';
import { createSharedUsers } from '../../src/accounts/shared-users.ts';
import type { PlacedUser } from '../../src/store/user-lists.ts';
import type { User } from '../../src/store/users.ts';

type Change = Partial<Omit<PlacedUser, 'user'>> & { user?: Partial<User> };

const placed = (username: string, more: Change = {}): PlacedUser => ({
  place: [username, username],
  looksAlike: false,
  ...more,
  user: {
    id: username,
    username,
    profileImage: null,
    isActive: true,
    isSuperuser: false,
    isAutomatic: false,
    mustChangePassword: false,
    createdAt: '2026-01-01T00:00:00.000000Z',
    updatedAt: '2026-01-01T00:00:00.000000Z',
    lastLoginAt: null,
    version: 1,
    ...more.user,
  },
});

test('users that are read again as they were are held once', () => {
  const shared = createSharedUsers();
  const first = shared([placed('ada'), placed('bob')]);
  const again = shared([placed('ada'), placed('bob')]);
  expect(again).toEqual(first);
  expect(again[0]).toBe(first[0]);
  expect(again[1]).toBe(first[1]);
});

test.each([
  ['a flag', { user: { isActive: false, version: 2 } }],
  ['the last sign-in, which raises no version', { user: { lastLoginAt: '2026-02-02T00:00:00.000000Z' } }],
  ['the place, in another order', { place: ['2026-01-01 00:00:00.000000', 'ada'] }],
  ['a place with more in it', { place: ['ada', 'ada', 'ada'] }],
  ['that another name looks like it', { looksAlike: true }],
] satisfies [string, Change][])('a user is told as it is now: %s', (_what, change) => {
  const shared = createSharedUsers();
  shared([placed('ada')]);
  expect(shared([placed('ada', change)])).toEqual([placed('ada', change)]);
  expect(shared([placed('ada')])).toEqual([placed('ada')]);
});

test('who was not read for the longest time is forgotten', () => {
  const shared = createSharedUsers(2);
  const [ada, bob] = shared([placed('ada'), placed('bob')]);
  expect(shared([placed('ada')])[0]).toBe(ada);
  shared([placed('cleo')]);
  expect(shared([placed('ada')])[0]).toBe(ada);
  expect(shared([placed('bob')])[0]).not.toBe(bob);
});
