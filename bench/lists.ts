import { openStore } from '../src/store/open.ts';
import { type UserQuery, userFilters } from '../src/store/user-filters.ts';
import type { PageStart } from '../src/store/user-lists.ts';
import { userSorts } from '../src/store/user-order.ts';
import { median, printRows, quantile, type Row, row } from './measure.ts';
import { seeded } from './seed.ts';

/** What the console reads at a time on a terminal of 45 rows. */
const pageLength = 120;
const firstMatches = 50;
const rounds = 15;

/** Row 7, and the store's part of row 6: pages and searches of a long list, without a console. */
export const lists = async (users: number): Promise<void> => {
  const store = await openStore(`sqlite:///${await seeded(users)}`, { create: false });
  const { lists } = store.read;
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  /** The milliseconds of each, in turn; the first round warms the cache. */
  const times = async (work: Record<string, () => Promise<unknown>>): Promise<Record<string, number[]>> => {
    const found = Object.fromEntries(Object.keys(work).map(name => [name, [] as number[]]));
    for (let round = 0; round <= rounds; round += 1)
      for (const [name, once] of Object.entries(work)) {
        const taken = await time(once);
        if (round > 0) found[name]?.push(taken);
      }
    return found;
  };

  const pages: Row[] = [];
  let [slowest, slowestQuery] = [0, ''];
  for (const sort of userSorts) {
    const ratios: number[] = [];
    for (const order of ['asc', 'desc'] as const)
      for (const filter of [undefined, ...userFilters]) {
        const query: UserQuery = { sort, order, filter };
        const total = await lists.count(query);
        const [middle] = await lists.page(query, { skip: Math.floor(total / 2) }, 1);
        const [last] = await lists.page(query, 'end', 1);
        const page = (start: PageStart) => () => lists.page(query, start, pageLength);
        const taken = await times({
          start: page('start'),
          after: page({ after: middle?.place ?? [] }),
          before: page({ before: middle?.place ?? [] }),
          last: page({ before: last?.place ?? [] }),
          end: page('end'),
        });
        const first = median(taken.start ?? []);
        for (const name of ['after', 'before', 'last', 'end']) {
          const taking = median(taken[name] ?? []);
          ratios.push(taking / first);
          if (taking > slowest)
            [slowest, slowestQuery] = [taking, `${sort} ${order}, ${filter ?? 'all'}, ${name}`];
        }
      }
    pages.push(row(`by ${sort}, median over filters and directions`, median(ratios), { most: 1.2 }));
    pages.push(row(`by ${sort}, the worst of them`, Math.max(...ratios), {}));
  }
  pages.push(row(`the slowest page of all: ${slowestQuery}`, slowest, { unit: ' ms' }));
  printRows(
    `A page of ${pageLength} in the middle or at the end over the first page, ${users.toLocaleString('en-US')} users`,
    pages,
  );

  const searches: Record<string, string> = {
    'common, smith': 'smith',
    'a part of one name, james.smith7a2': 'james.smith7a2',
    'none, qqxj': 'qqxj',
    'a common letter, a': 'a',
    'a rare letter, j': 'j',
    'no such letter, é': 'é',
    'two letters, an': 'an',
    'two rare letters, zq': 'zq',
  };
  const found: Row[] = [];
  for (const sort of ['username', 'created'] as const)
    for (const [name, search] of Object.entries(searches)) {
      const query: UserQuery = { search, sort, order: 'asc' };
      const { page = [], count = [] } = await times({
        page: () => lists.page(query, 'start', firstMatches),
        count: () => lists.count(query),
      });
      found.push(row(`${name}, by ${sort}: first matches`, quantile(page, 0.95), { unit: ' ms' }));
      found.push(row(`${name}, by ${sort}: how many`, quantile(count, 0.95), { unit: ' ms' }));
    }
  printRows(`Searching ${users.toLocaleString('en-US')} users, p95 in the store`, found);
  await store.close();
};
