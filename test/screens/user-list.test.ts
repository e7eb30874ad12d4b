import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Accounts } from '../../src/accounts/accounts.ts';
import { createSharedUsers } from '../../src/accounts/shared-users.ts';
import { createUserList } from '../../src/screens/user-list.ts';
import { isNewsTo } from '../../src/screens/user-news.ts';
import type { UserQuery } from '../../src/store/user-filters.ts';
import type { PlacedUser } from '../../src/store/user-lists.ts';
import type { User } from '../../src/store/users.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store whose answers come when the test lets them, as they were when asked for, of places that tell their order. */
const slowStore = (size: number) => {
  const asked: string[] = [];
  const versions = new Map<number, number>();
  const shared = createSharedUsers();
  let gate: Promise<void> = Promise.resolve();
  const userAt = (at: number, { sort, search = '' }: UserQuery): PlacedUser => ({
    user: {
      id: String(at),
      username: `user${at}${search}`,
      version: versions.get(at) ?? 1,
      lastLoginAt: null,
    } as User,
    place: [sort, at],
    looksAlike: false,
  });
  const pageOf = (query: UserQuery, from: number, to: number) =>
    shared(
      Array.from({ length: size }, (_, at) => userAt(at, query)).slice(Math.max(0, from), Math.max(0, to)),
    );
  /** Where a place is; one of another order is what no database could compare. */
  const indexOf = (query: UserQuery, [sort, at]: PlacedUser['place']): number => {
    if (sort !== query.sort) throw new Error(`a place by ${sort} in a list by ${query.sort}`);
    return Number(at);
  };
  const answering = async <T>(what: string, read: () => T): Promise<T> => {
    asked.push(what);
    const held = gate;
    const answer = read();
    await held;
    return answer;
  };
  const users = {
    page: (_, query, start, limit) =>
      answering('page', () => {
        if (start === 'start') return pageOf(query, 0, limit);
        if (start === 'end') return pageOf(query, size - limit, size);
        if (typeof start === 'object' && 'after' in start) {
          const from = indexOf(query, start.after) + 1;
          return pageOf(query, from, from + limit);
        }
        const to = typeof start === 'object' && 'before' in start ? indexOf(query, start.before) : 0;
        return pageOf(query, to - limit, to);
      }),
    around: (_, query, { id, place }, reach) =>
      answering('around', () => {
        indexOf(query, place);
        const at = Number(id);
        const from = Math.max(0, at - reach);
        const to = at + reach + 1;
        return {
          users: pageOf(query, from, to),
          at: at - from,
          found: true,
          atStart: from === 0,
          atEnd: to >= size,
        };
      }),
    count: () => answering('count', () => size),
    shared,
    countBefore: (_, query, place) => answering('countBefore', () => indexOf(query, place)),
  } as Partial<Accounts['users']> as Accounts['users'];
  return {
    users,
    asked,
    /** What somebody else does to a user. */
    change: (at: number): void => void versions.set(at, 2),
    /** Holds back every answer from now on, until the function it gives is called. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
};

const actor = { kind: 'operator', osUser: 'tester' } as const;

const listOf = (size: number) => {
  const store = slowStore(size);
  const errors: unknown[] = [];
  const attempt = (work: () => Promise<void>) => work().catch(error => void errors.push(error));
  const list = createUserList({
    console: { attempt },
    users: store.users,
    actor,
    height: 19,
  });
  const chosen = () => list.cursor()?.username;
  return { ...store, list, errors, chosen };
};

test('what is counted late is never counted with the places of another order', async () => {
  const { list, errors, hold, asked } = listOf(300);
  await list.start();
  list.jump('end');
  await list.settling();
  const answer = hold();
  list.ask({ sort: 'active', order: 'asc' });
  await vi.advanceTimersByTimeAsync(200);
  answer();
  await vi.advanceTimersByTimeAsync(200);
  expect(errors).toEqual([]);
  expect(asked).toContain('countBefore');
  expect(list.state.get()).toMatchObject({ total: 300, list: { before: 249 } });
});

test('more users are never read with the places of another order', async () => {
  const { list, errors, hold, chosen } = listOf(300);
  await list.start();
  const answer = hold();
  list.ask({ sort: 'active', order: 'asc' });
  list.resize(60);
  await vi.advanceTimersByTimeAsync(50);
  answer();
  await vi.advanceTimersByTimeAsync(50);
  expect(errors).toEqual([]);
  expect(chosen()).toBe('user0');
  expect(list.state.get().list.rows.length).toBeGreaterThan(120);
});

test('an answer to a question that a newer one replaced is thrown away', async () => {
  const { list, hold, chosen } = listOf(300);
  await list.start();
  list.jump('end');
  await list.settling();
  const late = hold();
  list.ask({ sort: 'username', order: 'asc', search: '?' });
  await vi.advanceTimersByTimeAsync(1);
  const answer = hold();
  list.ask({ sort: 'username', order: 'asc', search: '!' });
  answer();
  await vi.advanceTimersByTimeAsync(200);
  expect(chosen()).toBe('user0!');
  late();
  await vi.advanceTimersByTimeAsync(200);
  expect(chosen()).toBe('user0!');
});

test('an older reading does not bring back what was changed here since', async () => {
  const { list, hold } = listOf(30);
  await list.start();
  const answer = hold();
  const reading = list.refresh();
  const user = { id: '0', username: 'ada', version: 2 } as User;
  list.show(user);
  answer();
  await reading;
  expect(list.state.get().list.rows[0]?.user).toBe(user);
  expect(list.latest({ ...user, version: 1 })).toBe(user);
});

test('who was read before a change is not put beside those who were read after it', async () => {
  const { list, hold, change } = listOf(400);
  await list.start();
  list.move(20);
  await list.refresh();
  const last = list.state.get().list.rows.at(-1);
  const answerTheFirst = hold();
  list.resize(45);
  change(100);
  const answerTheSecond = hold();
  const reading = list.refresh();
  answerTheSecond();
  await vi.advanceTimersByTimeAsync(1);
  // The users held are the same ones, though they were read anew.
  expect(list.state.get().list.rows.at(-1)).toBe(last);
  answerTheFirst();
  await reading;
  const { rows } = list.state.get().list;
  expect(rows.find(({ user }) => user.id === '100')?.user.version).toBe(2);
  expect(rows.map(({ user }) => user.id)).toEqual(rows.map((_, at) => String(at)));
});

test('readings that are asked for at once become one more, not many', async () => {
  const { list, hold, asked } = listOf(30);
  await list.start();
  const answer = hold();
  const readings = Array.from({ length: 20 }, () => list.refresh());
  answer();
  await Promise.all(readings);
  expect(asked.filter(what => what === 'around')).toHaveLength(2);
});

test('a sign-in that lists take in by themselves leaves them with the same objects', async () => {
  const { list, users } = listOf(30);
  const other = createUserList({ console: { attempt: work => work() }, users, actor, height: 19 });
  await Promise.all([list.start(), other.start()]);
  await vi.advanceTimersByTimeAsync(200);
  const at = '2026-03-01T10:00:00.000000Z';
  const change = {
    revoked: false,
    revokedOf: undefined,
    signedIn: new Map([['3', at]]),
    tables: new Set<string>(),
  };
  for (const each of [list, other]) expect(isNewsTo(each, change, users)).toBe(false);
  const held = list.state.get().list.rows[3];
  expect(held?.user.lastLoginAt).toBe(at);
  expect(other.state.get().list.rows[3]).toBe(held);
});

test('a page that is left asks for nothing any more', async () => {
  const { list, asked } = listOf(300);
  await list.start();
  list.close();
  const before = asked.length;
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toHaveLength(before);
});
