import { type Expression, type Kysely, type SqlBool, sql } from 'kysely';
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

/** What a row has to be to match. A flag is compared with a literal, for a partial index is found by literals only. */
export const conditionsOf = ({ search, filter }: UserMatch): Expression<SqlBool>[] => [
  ...(search ? [sql<SqlBool>`instr(username_fold, ${caseFold(search)}) > 0`] : []),
  ...(filter ? [conditions[filter]] : []),
];

const conditions: Record<UserFilter, Expression<SqlBool>> = {
  pending: sql`is_active = 0 and last_login_at is null`,
  active: sql`is_active = 1`,
  inactive: sql`is_active = 0`,
  superuser: sql`is_superuser = 1`,
};

/** The rows that match. */
export const matching = (db: Kysely<Schema>, match: UserMatch) =>
  conditionsOf(match).reduce((rows, condition) => rows.where(condition), db.selectFrom('user'));

/** Superusers with a password that may sign in, other than `exceptId`. */
export const activeSuperusers = (db: Kysely<Schema>, exceptId: string) =>
  db
    .selectFrom('user')
    .where('is_superuser', '=', sql.lit(1))
    .where('is_active', '=', 1)
    .where('is_automatic', '=', 0)
    .where('id', '!=', exceptId);

const filtered: Record<UserFilter, (user: User) => boolean> = {
  pending: user => !user.isActive && user.lastLoginAt === null,
  active: user => user.isActive,
  inactive: user => !user.isActive,
  superuser: user => user.isSuperuser,
};

/** Whether a user matches, as `matching` judges its row. */
export const isMatch = (user: User, { search, filter }: UserMatch): boolean =>
  (!search || caseFold(user.username).includes(caseFold(search))) && (!filter || filtered[filter](user));
