import type { UserFilter, UserQuery } from '../../src/store/user-filters.ts';
import type { PageStart } from '../../src/store/user-lists.ts';
import type { Cursor } from '../../src/store/user-order.ts';
import { caseFold } from '../../src/text.ts';
import type { rawDatabase } from './store.ts';

type Row = {
  id: string;
  username: string;
  is_active: number;
  is_superuser: number;
  create_at: string;
  updated_at: string;
  last_login_at: string | null;
};
/** A user of a list: who, and where it stands. */
export type Placed = { id: string; place: Cursor };

/**
 * The lists of users in the plainest way there is, for comparison: every row of the table, kept if it matches,
 * sorted in memory.
 */
export const plainLists = (db: Awaited<ReturnType<typeof rawDatabase>>) => {
  const all = async (query: UserQuery): Promise<Placed[]> => {
    const rows = await db.all<Row[]>('select * from user');
    return rows
      .filter(row => !query.filter || matches[query.filter](row))
      .filter(row => caseFold(row.username).includes(caseFold(query.search ?? '')))
      .map(row => ({ id: row.id, place: placeOf(row, query) }))
      .sort((one, other) => compare(query, one.place, other.place));
  };
  return {
    all,
    page: async (query: UserQuery, start: PageStart, limit: number): Promise<Placed[]> => {
      const list = await all(query);
      if (start === 'start') return list.slice(0, limit);
      if (start === 'end') return list.slice(-limit);
      if ('skip' in start) return list.slice(start.skip, start.skip + limit);
      if ('before' in start)
        return list.filter(({ place }) => compare(query, place, start.before) < 0).slice(-limit);
      if ('from' in start)
        return list.filter(({ place }) => compare(query, place, start.from) >= 0).slice(0, limit);
      return list.filter(({ place }) => compare(query, place, start.after) > 0).slice(0, limit);
    },
  };
};

const placeOf = (row: Row, { sort }: UserQuery): Cursor => {
  const fold = caseFold(row.username);
  return {
    username: [fold, row.id],
    created: [row.create_at, row.id],
    updated: [row.updated_at, row.id],
    last_login: [row.last_login_at ?? '', row.id],
    active: [row.is_active, fold, row.id],
    superuser: [row.is_superuser, fold, row.id],
  }[sort];
};

/** As SQLite compares texts: by the bytes of UTF-8, not by the units of UTF-16. */
const compare = ({ order }: UserQuery, one: Cursor, other: Cursor): number => {
  for (const [at, value] of one.entries()) {
    const difference =
      typeof value === 'number'
        ? value - Number(other[at])
        : Buffer.compare(Buffer.from(value), Buffer.from(String(other[at])));
    if (difference !== 0) return order === 'asc' ? difference : -difference;
  }
  return 0;
};

const matches: Record<UserFilter, (row: Row) => boolean> = {
  pending: row => row.is_active === 0 && row.last_login_at === null,
  active: row => row.is_active === 1,
  inactive: row => row.is_active === 0,
  superuser: row => row.is_superuser === 1,
};
