import fc from 'fast-check';
import { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sqliteDialect } from '../../src/store/engines/sqlite.ts';
import type { Schema } from '../../src/store/schema.ts';
import { isMatch, type UserQuery, userFilters } from '../../src/store/user-filters.ts';
import { createUserLists, type PageStart, type PlacedUser } from '../../src/store/user-lists.ts';
import { type Cursor, userSorts } from '../../src/store/user-order.ts';
import { type FewMatches, fewMatches } from '../../src/store/user-search.ts';
import { plainLists } from '../support/plain-lists.ts';
import { addUser, moment, rawDatabase, temporaryStore, userRow } from '../support/store.ts';

// On a machine that is busy with other things some hundred databases of made-up people take longer than usual.
vi.setConfig({ testTimeout: 30_000 });

let db: Awaited<ReturnType<typeof temporaryStore>>;
let raw: Awaited<ReturnType<typeof rawDatabase>>;
let plain: ReturnType<typeof plainLists>;
let reader: Kysely<Schema>;
beforeAll(async () => {
  db = await temporaryStore();
  reader = new Kysely({ dialect: sqliteDialect(db.path, 'reader') });
  raw = await rawDatabase(db.path);
  plain = plainLists(raw);
});
afterAll(async () => {
  await reader.destroy();
  await raw.close();
  await db[Symbol.asyncDispose]();
});
const clear = () => raw.run('delete from user');
beforeEach(clear);

const placed = (page: PlacedUser[]) => page.map(({ user, place }) => ({ id: user.id, place }));
const names = (page: PlacedUser[]) => page.map(({ user }) => user.username);
const list = async (query: Partial<UserQuery>) =>
  names(await db.store.read.lists.page({ sort: 'username', order: 'asc', ...query }, 'start', 10));

// Letters that fold, that need two bytes or four, and whose order differs between UTF-8 and UTF-16.
const name = fc.string({ unit: fc.constantFrom(...'aAbzsSßéÉ田ｚ𐐀𐐨'), minLength: 1, maxLength: 3 });
const time = fc.nat({ max: 3 });
const person = fc.record({
  name,
  created: time,
  updated: time,
  lastLogin: fc.option(time),
  isActive: fc.boolean(),
  isSuperuser: fc.boolean(),
});
const people = fc.array(person, { maxLength: 12 });
type Person = typeof person extends fc.Arbitrary<infer Value> ? Value : never;
const query: fc.Arbitrary<UserQuery> = fc.record({
  sort: fc.constantFrom(...userSorts),
  order: fc.constantFrom('asc', 'desc'),
  filter: fc.option(fc.constantFrom(...userFilters), { nil: undefined }),
  search: fc.option(
    fc.constantFrom(
      '',
      'a',
      'S',
      'ß',
      'É',
      '𐐀',
      'zz',
      'ax',
      'X1',
      'ssx',
      'x12',
      '𐐀x1',
      'ax1',
      'éx1',
      '"x"',
      'x10',
    ),
    { nil: undefined },
  ),
});
/** How many matches are fetched whole; with 0 every search goes along its order. */
const few = fc.constantFrom({ byName: 0, byOther: 0 }, { byName: 2, byOther: 4 }, fewMatches);
const limit = fc.integer({ min: 1, max: 5 });

let added = 0;
const add = (newcomers: readonly Person[]) =>
  db.store.write(async tx => {
    for (const { name, created, updated, lastLogin, isActive, isSuperuser } of newcomers) {
      // Some names fold alike, no two are the same.
      added += 1;
      const username = `${name}${added % 2 ? 'x' : 'X'}${Math.floor(added / 2)}`;
      const row = userRow({ username, isActive, isSuperuser, now: moment(created) });
      await tx.users.insert(row);
      await tx.users.change(row.id, {}, moment(updated));
      if (lastLogin !== null) await tx.users.signedIn(row.id, moment(lastLogin));
    }
  });

/** The place of somebody in the order, whether the search and the filter show that one or not. */
const somePlace = async (query: UserQuery, at: number): Promise<Cursor> => {
  const everybody = await plain.all({ ...query, filter: undefined, search: undefined });
  const nowhere = { active: [0, 'a', ''], superuser: [1, 'a', ''] };
  return everybody[at % everybody.length]?.place ?? nowhere[query.sort as 'active'] ?? ['a', ''];
};

describe('whatever the users, the order, the search and the filter', () => {
  test('a page is a part of the sorted list, wherever it begins', async () => {
    const kinds = fc.constantFrom('start', 'end', 'after', 'before', 'from', 'skip');
    const check = async (
      newcomers: Person[],
      query: UserQuery,
      few: FewMatches,
      kind: string,
      at: number,
      limit: number,
    ) => {
      await clear();
      await add(newcomers);
      const start = (
        ['start', 'end'].includes(kind) ? kind : { [kind]: kind === 'skip' ? at : await somePlace(query, at) }
      ) as PageStart;
      const page = await createUserLists(reader, few).page(query, start, limit);
      expect(placed(page)).toEqual(await plain.page(query, start, limit));
    };
    const property = fc.asyncProperty(people, query, few, kinds, fc.nat({ max: 15 }), limit, check);
    await fc.assert(property, { numRuns: 200 });
  });

  test('a page after so many is the same counted from either end of the list', async () => {
    const check = async (newcomers: Person[], query: UserQuery, few: FewMatches, limit: number) => {
      await clear();
      await add(newcomers);
      const lists = createUserLists(reader, few);
      const all = await plain.all(query);
      for (let skip = 0; skip <= all.length + 2; skip += 1) {
        const wanted = all.slice(skip, skip + limit);
        expect(placed(await lists.page(query, { skip }, limit))).toEqual(wanted);
        expect(placed(await lists.page(query, { skip, of: all.length }, limit))).toEqual(wanted);
      }
    };
    await fc.assert(fc.asyncProperty(people, query, few, limit, check), { numRuns: 60 });
  });

  test('a place is known by its user, and so many stand before it', async () => {
    const check = async (newcomers: Person[], query: UserQuery, few: FewMatches) => {
      await clear();
      await add(newcomers);
      const lists = createUserLists(reader, few);
      const shown = await plain.all(query);
      for (const [index, { id, place }] of shown.entries()) {
        expect(await lists.placeOf(query, id)).toEqual(place);
        expect(await lists.countBefore(query, place)).toBe(index);
      }
      expect(await lists.count(query)).toBe(shown.length);
      const ids = new Set(shown.map(({ id }) => id));
      for (const { id } of await plain.all({ sort: 'username', order: 'asc' }))
        if (!ids.has(id)) expect(await lists.placeOf(query, id)).toBeUndefined();
    };
    await fc.assert(fc.asyncProperty(people, query, few, check), { numRuns: 40 });
  });

  test('a user is judged as its row is', async () => {
    const check = async (newcomers: Person[], query: UserQuery) => {
      await clear();
      await add(newcomers);
      const everybody = await db.store.read.lists.page({ sort: 'username', order: 'asc' }, 'start', 20);
      const matches = everybody.filter(({ user }) => isMatch(user, query)).map(({ user }) => user.id);
      const shown = (await plain.all(query)).map(({ id }) => id);
      expect(matches.toSorted()).toEqual(shown.toSorted());
    };
    await fc.assert(fc.asyncProperty(people, query, check), { numRuns: 60 });
  });

  test('page after page, forwards or backwards, while others add, change and delete users', async () => {
    type Turn = { add: Person } | { remove: number } | { rename: number; name: string } | 'page';
    const turn: fc.Arbitrary<Turn> = fc.oneof(
      { arbitrary: fc.constant('page' as const), weight: 3 },
      { arbitrary: fc.record({ add: person }), weight: 1 },
      { arbitrary: fc.record({ remove: fc.nat() }), weight: 1 },
      { arbitrary: fc.record({ rename: fc.nat(), name }), weight: 1 },
    );
    const someId = async (at: number) => {
      const everybody = await plain.all({ sort: 'username', order: 'asc' });
      return everybody[at % everybody.length]?.id ?? '';
    };
    const edit = async (turn: Exclude<Turn, 'page'>) => {
      if ('add' in turn) return add([turn.add]);
      const id = await someId('remove' in turn ? turn.remove : turn.rename);
      if (id === '') return;
      await db.store.write(async tx => {
        if ('remove' in turn) return tx.users.remove(id);
        added += 1;
        await tx.users.change(id, { username: `${turn.name}${added}`, isActive: added % 2 > 0 }, moment(2));
      });
    };
    const check = async (
      newcomers: Person[],
      query: UserQuery,
      backwards: boolean,
      few: FewMatches,
      limit: number,
      turns: Turn[],
    ) => {
      await clear();
      await add(newcomers);
      let start: PageStart = backwards ? 'end' : 'start';
      for (const turn of turns) {
        if (turn !== 'page') {
          await edit(turn);
          continue;
        }
        const page = await createUserLists(reader, few).page(query, start, limit);
        expect(placed(page)).toEqual(await plain.page(query, start, limit));
        const edge = page.at(backwards ? 0 : -1)?.place;
        if (edge) start = backwards ? { before: edge } : { after: edge };
      }
    };
    const turns = fc.array(turn, { minLength: 4, maxLength: 14 });
    const property = fc.asyncProperty(people, query, fc.boolean(), few, limit, turns, check);
    await fc.assert(property, { numRuns: 50 });
  });
});

describe('what a person finds', () => {
  test('a search finds a part of the name in any case, and takes no letter for a wildcard', async () => {
    for (const username of ['Straße', 'street', '100%', 'a_b', 'İpek']) await addUser(db.store, { username });
    expect(await list({ search: 'STR' })).toEqual(['Straße', 'street']);
    expect(await list({ search: 'asse' })).toEqual(['Straße']);
    expect(await list({ search: 'i\u0307PEK' })).toEqual(['İpek']);
    expect(await list({ search: '%' })).toEqual(['100%']);
    expect(await list({ search: '_' })).toEqual(['a_b']);
    expect(await list({ search: 'zz' })).toEqual([]);
    expect(await list({ search: '' })).toHaveLength(5);
  });

  test('a search takes nothing for the language of its index', async () => {
    for (const username of ['"quoted"', 'a AND b', 'near(x)', 'col:on', "it's", 'a*b-c'])
      await addUser(db.store, { username });
    for (const [search, found] of [
      ['"qu', ['"quoted"']],
      ['ed"', ['"quoted"']],
      ['AND', ['a AND b']],
      ['near(', ['near(x)']],
      ['col:', ['col:on']],
      ["t's", ["it's"]],
      ['*b-', ['a*b-c']],
      ['a*c', []],
      ['\0ab', []],
    ] as const)
      expect([search, await list({ search })]).toEqual([search, found]);
  });

  test('after VACUUM, which may number the rows anew, a search finds the same', async () => {
    for (const username of ['ada', 'bob', 'adam', 'carol']) await addUser(db.store, { username });
    await raw.run("delete from user where username in ('ada', 'bob')");
    await raw.run('vacuum');
    expect(await list({ search: 'ada' })).toEqual(['adam']);
    expect(await list({ search: 'aro' })).toEqual(['carol']);
    await raw.run("insert into user_search (user_search, rank) values ('integrity-check', 1)");
  });

  test('names that look alike are told, whoever has them', async () => {
    for (const username of ['paypal', 'pаypаl', 'adrnin', 'Admin', 'ada'])
      await addUser(db.store, { username });
    const page = await db.store.read.lists.page({ sort: 'username', order: 'asc' }, 'start', 10);
    expect(page.filter(({ looksAlike }) => looksAlike).map(({ user }) => user.username)).toEqual([
      'Admin',
      'adrnin',
      'paypal',
      'pаypаl',
    ]);
  });

  test('pending are those who are not active and never signed in', async () => {
    await addUser(db.store, { username: 'active' });
    await addUser(db.store, { username: 'pending', isActive: false });
    const former = await addUser(db.store, { username: 'former', isActive: false, isSuperuser: true });
    await db.store.write(tx => tx.users.signedIn(former.id, moment(1)));
    expect(await list({ filter: 'pending' })).toEqual(['pending']);
    expect(await list({ filter: 'active' })).toEqual(['active']);
    expect(await list({ filter: 'inactive' })).toEqual(['former', 'pending']);
    expect(await list({ filter: 'superuser' })).toEqual(['former']);
    expect(await list({ filter: 'inactive', search: 'FORM' })).toEqual(['former']);
  });

  test('who never signed in comes first in the order of the last sign-in', async () => {
    const ada = await addUser(db.store, { username: 'ada' });
    await addUser(db.store, { username: 'never' });
    await db.store.write(tx => tx.users.signedIn(ada.id, moment(1)));
    expect(await list({ sort: 'last_login' })).toEqual(['never', 'ada']);
    expect(await list({ sort: 'last_login', order: 'desc' })).toEqual(['ada', 'never']);
  });
});
