import { CompiledQuery, Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqliteDialect } from '../../src/store/engines/sqlite.ts';
import { createRevocations } from '../../src/store/revocations.ts';
import type { Schema } from '../../src/store/schema.ts';
import { type UserQuery, userFilters } from '../../src/store/user-filters.ts';
import { createUserLists } from '../../src/store/user-lists.ts';
import { userSorts } from '../../src/store/user-order.ts';
import { fewMatches } from '../../src/store/user-search.ts';
import { createUserStore } from '../../src/store/users.ts';
import { addUser, temporaryStore, userRow } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
let reader: Kysely<Schema>;
let asked: CompiledQuery[] = [];
beforeAll(async () => {
  db = await temporaryStore();
  await addUser(db.store);
  const log = ({ query }: { query: CompiledQuery }) => void asked.push(query);
  reader = new Kysely({ dialect: sqliteDialect(db.path, 'reader'), log });
});
afterAll(async () => {
  await reader.destroy();
  await db[Symbol.asyncDispose]();
});

/** How SQLite answers what the work asks, a step a line: https://www.sqlite.org/eqp.html */
const stepsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  asked = [];
  await work();
  const plans = await Promise.all(
    [...asked].map(({ sql, parameters }) =>
      reader.executeQuery<{ detail: string }>(
        CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
      ),
    ),
  );
  return plans.flatMap(({ rows }) => rows.map(({ detail }) => detail));
};

/** Goes through a table without an index, or sorts. */
const isCostly = (step: string): boolean =>
  /TEMP B-TREE/.test(step) || (/^SCAN/.test(step) && !/INDEX|VIRTUAL TABLE|^SCAN json_each/.test(step));

/** A place somewhere in the middle of a list. */
const placeIn = ({ sort, filter }: UserQuery): (string | number)[] =>
  ({
    username: ['m', ''],
    created: ['2026', ''],
    updated: ['2026', ''],
    last_login: ['2026', ''],
    active: [filter === 'inactive' || filter === 'pending' ? 0 : 1, 'm', ''],
    superuser: [filter === 'superuser' ? 1 : 0, 'm', ''],
  })[sort];
const queries = userSorts.flatMap(sort =>
  (['asc', 'desc'] as const).flatMap(order =>
    [undefined, ...userFilters].map(filter => ({ sort, order, filter })),
  ),
);
const starts = (query: UserQuery) => {
  const place = placeIn(query);
  return ['start', 'end', { after: place }, { before: place }, { from: place }] as const;
};

describe.each(queries)('a list by $sort $order of $filter', query => {
  const many = () => createUserLists(reader, { byName: 0, byOther: 0 });

  test.each([undefined, 'a', 'ad', 'ada', 'adad'])(
    'with search %j goes along an index and sorts nothing',
    async search => {
      for (const lists of [many(), createUserLists(reader, fewMatches)]) {
        for (const start of starts(query)) {
          const steps = await stepsOf(() => lists.page({ ...query, search }, start, 50));
          expect(steps.length).toBeGreaterThan(0);
          expect(steps.filter(isCostly)).toEqual([]);
        }
        const counting = await stepsOf(async () => {
          await lists.count({ ...query, search });
          await lists.countBefore({ ...query, search }, placeIn(query));
          await lists.placeOf({ ...query, search }, 'id');
        });
        expect(counting.filter(isCostly)).toEqual([]);
      }
    },
  );

  test('goes to a place at once, past no user that it does not show', async () => {
    const [index = ''] = await stepsOf(() => many().page(query, { after: placeIn(query) }, 50));
    expect(index).toMatch(/^SEARCH user USING INDEX user_\w+ \(.*\(.*,id\)[<>]\(.*\)\)$/);
    // Under a filter it is an index of that filter: it holds no user that would be passed over.
    const ofFilter = {
      pending: /user_pending_/,
      superuser: /superuser/,
      active: /is_active=\?/,
      inactive: /is_active=\?/,
    };
    if (query.filter) expect(index).toMatch(ofFilter[query.filter]);
  });

  test('counts without a look at the rows', async () => {
    const [step] = await stepsOf(() => many().count(query));
    expect(step).toMatch(/COVERING INDEX/);
  });
});

test('the users who wait are counted along an index of them, and no further than to the bound', async () => {
  const steps = await stepsOf(() => createUserStore(reader, createRevocations(reader)).countPending(1));
  expect(steps).toContainEqual(expect.stringMatching(/COVERING INDEX user_pending_/));
  expect(steps.filter(isCostly)).toEqual([expect.stringMatching(/^SCAN some$/)]);
  await db.store.write(async tx => {
    for (const username of ['a', 'b', 'c']) await tx.users.insert(userRow({ username, isActive: false }));
  });
  // Not by the reader that was asked for plans: its statements hold the database as it was then.
  const { countPending } = db.store.read.users;
  expect([await countPending(2), await countPending(3), await countPending(9)]).toEqual([2, 3, 3]);
});
