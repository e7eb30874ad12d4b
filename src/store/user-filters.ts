import { type Kysely, sql } from 'kysely';
import { caseFold } from '../text.ts';
import type { Schema } from './schema.ts';
import type { Order, UserSort } from './user-order.ts';
import type { User } from './users.ts';

export const userFilters = ['pending', 'active', 'inactive', 'superuser'] as const;
export type UserFilter = (typeof userFilters)[number];

/** Which users: `search` is a part of the username, without regard to case. */
export type UserMatch = { search?: string | undefined; filter?: UserFilter | undefined };

/** Which users, in which order. */
export type UserQuery = UserMatch & { sort: UserSort; order: Order };

/** The rows that match. A flag is compared with a literal, for a partial index is found by literals only. */
export const matching = (db: Kysely<Schema>, { search, filter }: UserMatch) => {
  let rows = db.selectFrom('user');
  if (search) rows = rows.where(sql<boolean>`instr(username_fold, ${caseFold(search)}) > 0`);
  if (filter === 'pending')
    rows = rows.where('is_active', '=', sql.lit(0)).where('last_login_at', 'is', null);
  if (filter === 'active') rows = rows.where('is_active', '=', sql.lit(1));
  if (filter === 'inactive') rows = rows.where('is_active', '=', sql.lit(0));
  if (filter === 'superuser') rows = rows.where('is_superuser', '=', sql.lit(1));
  return rows;
};

const filtered: Record<UserFilter, (user: User) => boolean> = {
  pending: user => !user.isActive && user.lastLoginAt === null,
  active: user => user.isActive,
  inactive: user => !user.isActive,
  superuser: user => user.isSuperuser,
};

/** Whether a user matches, as `matching` judges its row. */
export const isMatch = (user: User, { search, filter }: UserMatch): boolean =>
  (!search || caseFold(user.username).includes(caseFold(search))) && (!filter || filtered[filter](user));
