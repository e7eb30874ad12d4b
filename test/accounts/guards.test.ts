import { describe, expect, test } from 'vitest';
import { type Fate, whyNotAlter, whyNotFate } from '../../src/accounts/guards.ts';
import type { User } from '../../src/store/users.ts';

const someone: User = {
  id: 'a'.repeat(32),
  username: 'ada',
  profileImage: null,
  isActive: true,
  isSuperuser: true,
  isAutomatic: false,
  mustChangePassword: false,
  createdAt: '2026-01-01T00:00:00.000000Z',
  updatedAt: '2026-01-01T00:00:00.000000Z',
  lastLoginAt: null,
  version: 1,
};
const superuser = someone;
const sleeping = { ...someone, isActive: false };
const ordinary = { ...someone, isSuperuser: false };
const pending = { ...ordinary, isActive: false };
const automatic = { ...someone, isAutomatic: true };

const kept = { isActive: true, isSuperuser: true };
const deactivated = { isActive: false, isSuperuser: true };
const demoted = { isActive: true, isSuperuser: false };
const both = { isActive: false, isSuperuser: false };

const verdict = (user: User, fate: Fate, otherActiveSuperusers: number, own = false) =>
  whyNotFate(user, fate, { ownId: own ? user.id : 'b'.repeat(32), otherActiveSuperusers });

describe('the last superuser stays', () => {
  test.each([
    ['deactivated', deactivated],
    ['demoted', demoted],
    ['deactivated and demoted', both],
    ['deleted', 'deleted' as const],
  ])('it is not %s; one of two is', (_, fate) => {
    expect(verdict(superuser, fate, 0)).toBe('last_superuser');
    expect(verdict(superuser, fate, 1)).toBeUndefined();
    expect(verdict(superuser, fate, 7)).toBeUndefined();
  });

  test('a command may not do it either: it is signed in as nobody', () => {
    const circumstances = { ownId: undefined, otherActiveSuperusers: 0 };
    expect(whyNotFate(superuser, 'deleted', circumstances)).toBe('last_superuser');
    expect(whyNotFate(superuser, demoted, circumstances)).toBe('last_superuser');
  });

  test.each([
    ['who is a superuser already', superuser, kept],
    ['who is an inactive superuser and is deleted', sleeping, 'deleted' as const],
    ['who is an inactive superuser and is demoted', sleeping, both],
    ['who is an inactive superuser and is activated', sleeping, kept],
    ['who is an inactive superuser, activated and demoted in one', sleeping, demoted],
    ['who is ordinary and is deleted', ordinary, 'deleted' as const],
    ['who is ordinary and is deactivated', ordinary, both],
    ['who is ordinary and is promoted', ordinary, kept],
    ['who waits for approval and is made an inactive superuser', pending, deactivated],
  ])('nothing keeps anybody from changing a user %s, though there is no other superuser', (_, user, fate) => {
    expect(verdict(user, fate, 0)).toBeUndefined();
  });
});

describe('the account one is signed in with', () => {
  test.each([
    ['deactivated', superuser, deactivated, 'own_active'],
    ['demoted', superuser, demoted, 'own_superuser'],
    ['deactivated and demoted', superuser, both, 'own_active'],
    ['deleted', superuser, 'deleted' as const, 'own_account'],
    ['deactivated, by an ordinary user', ordinary, both, 'own_active'],
    ['deleted, by an ordinary user', ordinary, 'deleted' as const, 'own_account'],
  ])('is not %s, whoever else is there', (_, user, fate, reason) => {
    expect(verdict(user, fate, 5, true)).toBe(reason);
    expect(verdict(user, fate, 0, true)).toBe(reason);
  });

  test('may keep its flags', () => {
    expect(verdict(superuser, kept, 0, true)).toBeUndefined();
    expect(verdict(ordinary, demoted, 0, true)).toBeUndefined();
  });
});

describe('the automatic account', () => {
  test.each([
    ['deactivated', deactivated],
    ['demoted', demoted],
    ['deleted', 'deleted' as const],
  ])('is not %s, by others or by itself', (_, fate) => {
    expect(verdict(automatic, fate, 5)).toBe('automatic_account');
    expect(verdict(automatic, fate, 0, true)).toBe('automatic_account');
  });

  test('may keep its flags, and gets no other name, picture or password', () => {
    expect(verdict(automatic, kept, 0)).toBeUndefined();
    expect(whyNotAlter(automatic)).toBe('automatic_account');
    expect(whyNotAlter(superuser)).toBeUndefined();
  });
});

describe('every combination', () => {
  const flags = [true, false];
  const users = flags.flatMap(isActive =>
    flags.flatMap(isSuperuser =>
      flags.map(isAutomatic => ({ ...someone, isActive, isSuperuser, isAutomatic })),
    ),
  );
  const fates: Fate[] = ['deleted', kept, deactivated, demoted, both];

  test('leaves at least one superuser who can sign in, where there was one', () => {
    const counts = (user: User) => user.isActive && user.isSuperuser && !user.isAutomatic;
    for (const user of users) {
      for (const fate of fates) {
        for (const others of [0, 1, 2]) {
          if (verdict(user, fate, others) || (others === 0 && !counts(user))) continue;
          const left = fate !== 'deleted' && counts({ ...user, ...fate }) ? 1 : 0;
          expect(left + others, `${JSON.stringify(user)} ${JSON.stringify(fate)}`).toBeGreaterThan(0);
        }
      }
    }
  });

  test('that changes no flag is allowed', () => {
    for (const user of users) {
      const { isActive, isSuperuser } = user;
      for (const own of flags) expect(verdict(user, { isActive, isSuperuser }, 0, own)).toBeUndefined();
    }
  });
});
