import { CompiledQuery, Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqliteDialect } from '../../src/store/engines/sqlite.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createUserLists, type PageStart, type UserQuery } from '../../src/store/user-lists.ts';
import { userSorts } from '../../src/store/user-order.ts';
import { addUser, temporaryStore } from '../support/store.ts';

let db: Awaited<ReturnType<typeof temporaryStore>>;
let reader: Kysely<Schema>;
const asked: CompiledQuery[] = [];
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

/** How SQLite answers the query of a page: https://www.sqlite.org/eqp.html */
const planOf = async (query: UserQuery, start: PageStart): Promise<string> => {
  await createUserLists(reader).page(query, start, 50);
  const { sql, parameters } = asked.at(-1) as CompiledQuery;
  const plan = await reader.executeQuery<{ detail: string }>(
    CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
  );
  return plan.rows.map(({ detail }) => detail).join('\n');
};

const pages = userSorts.flatMap(sort => (['asc', 'desc'] as const).map(order => ({ sort, order })));

test.each(pages)('a page by $sort $order comes from an index and sorts nothing', async query => {
  const [first] = await db.store.read.lists.page(query, 'start', 1);
  const { place = [] } = first ?? {};
  for (const search of [undefined, 'ad']) {
    for (const start of ['start', 'end'] as const)
      expect(await planOf({ ...query, search }, start)).toMatch(/^SCAN user USING INDEX user_by_\w+$/);
    // From a place it goes there at once, past no user that it does not show.
    for (const start of [{ after: place }, { before: place }, { from: place }])
      expect(await planOf({ ...query, search }, start)).toMatch(
        /^SEARCH user USING INDEX user_by_\w+ \(\(.*,id\)[<>]\(.*\)\)$/,
      );
  }
});
