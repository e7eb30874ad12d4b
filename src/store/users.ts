import { type Kysely, type SelectQueryBuilder, sql, type Updateable } from 'kysely';
import { Refusal } from '../refusal.ts';
import { caseFold } from '../text.ts';
import { unlessReferredTo, unlessTaken } from './engines/sqlite-errors.ts';
import type { Revocations } from './revocations.ts';
import type { Schema, UserTable } from './schema.ts';
import { skeletonOf } from './skeleton.ts';
import { activeSuperusers, matching } from './user-filters.ts';
import { fromStored, toStored } from './values.ts';

/** A user as the program handles it. Never holds the password; times are ISO 8601 with microseconds, UTC. */
export type User = {
  /** 32 hex characters. */
  id: string;
  username: string;
  profileImage: string | null;
  isActive: boolean;
  isSuperuser: boolean;
  /** The account of automatic sign-in: it has no password. */
  isAutomatic: boolean;
  /** Whoever signs in has to set a new password before anything else. */
  mustChangePassword: boolean;
  createdAt: string;
  updatedAt: string;
  lastLoginAt: string | null;
  /** Raised by each change of username, image, flags or password. */
  version: number;
};

/** A user with what a sign-in is checked against. */
export type Credentials = { user: User; password: string };

export type NewUser = Pick<User, 'id' | 'username' | 'isActive' | 'isSuperuser' | 'isAutomatic'> & {
  /** False where not given. */
  mustChangePassword?: boolean | undefined;
  password: string;
  passwordCost: number;
  now: string;
};

/** What a change of a user sets; each raises its version but for a last sign-in. */
export type UserChange = Partial<
  Pick<User, 'username' | 'profileImage' | 'isActive' | 'isSuperuser' | 'mustChangePassword'>
> & {
  password?: { sealed: string; cost: number };
  isAutomatic?: true;
};

export type UserStore = ReturnType<typeof createUserStore>;

/**
 * The queries on users, for a connection that reads or for a transaction. Where a flag is compared with a literal, it
 * is because a partial index (migration 001) is found by literals only.
 */
export const createUserStore = (db: Kysely<Schema>, revocations: Revocations) => {
  const credentials = () => db.selectFrom('user').selectAll();

  return {
    find: async (id: string): Promise<User | undefined> => {
      const row = await credentials().where('id', '=', id).executeTakeFirst();
      return row && userOf(row);
    },

    credentials: async (id: string): Promise<Credentials | undefined> => {
      const row = await credentials().where('id', '=', id).executeTakeFirst();
      return row && { user: userOf(row), password: row.password };
    },

    /**
     * The user of that exact name, or of its NFC, else the only one whose name folds alike. An older database may
     * hold two that fold alike: then each is found by its exact spelling only.
     */
    findByName: async (username: string): Promise<Credentials | undefined> => {
      const wanted = username.toWellFormed();
      for (const spelling of new Set([wanted, wanted.normalize('NFC')])) {
        const row = await credentials().where('username', '=', spelling).executeTakeFirst();
        if (row) return { user: userOf(row), password: row.password };
      }
      const folded = await credentials().where('username_fold', '=', caseFold(username)).limit(2).execute();
      const [row, twin] = folded;
      return row && !twin ? { user: userOf(row), password: row.password } : undefined;
    },

    /** Whether the name, or one that folds alike, belongs to another user than `exceptId`. */
    isNameTaken: async (username: string, exceptId = ''): Promise<boolean> => {
      const row = await db
        .selectFrom('user')
        .select('id')
        .where(where =>
          where.or([where('username', '=', username), where('username_fold', '=', caseFold(username))]),
        )
        .where('id', '!=', exceptId)
        .executeTakeFirst();
      return row !== undefined;
    },

    automatic: async (): Promise<User | undefined> => {
      const row = await credentials().where('is_automatic', '=', sql.lit(1)).executeTakeFirst();
      return row && userOf(row);
    },

    /** Superusers with a password that may sign in, other than `exceptId`. */
    countActiveSuperusers: async (exceptId = ''): Promise<number> => countOf(activeSuperusers(db, exceptId)),

    /** How many wait for approval; no more of them than `most` are counted. */
    countPending: async (most: number): Promise<number> => {
      const some = matching(db, { filter: 'pending' }).select('id').limit(most).as('some');
      const counted = db.selectFrom(some).select(of => of.fn.countAll<number>().as('count'));
      return (await counted.executeTakeFirstOrThrow()).count;
    },

    /** The highest bcrypt cost of any stored password; 0 where there is none. */
    highestCost: async (): Promise<number> => {
      const row = await db
        .selectFrom('user')
        .select(of => of.fn.max('password_cost').as('cost'))
        .executeTakeFirst();
      return row?.cost ?? 0;
    },

    /** Throws username_unavailable where the exact name exists. */
    insert: async (user: NewUser): Promise<void> => {
      const now = toStored(user.now);
      await unlessTaken(
        db
          .insertInto('user')
          .values({
            id: user.id,
            username: user.username,
            username_fold: caseFold(user.username),
            username_skeleton: await skeletonOf(user.username),
            password: user.password,
            password_cost: user.passwordCost,
            is_active: Number(user.isActive),
            is_superuser: Number(user.isSuperuser),
            is_automatic: Number(user.isAutomatic),
            must_change: Number(user.mustChangePassword ?? false),
            create_at: now,
            updated_at: now,
            version: 1,
          })
          .execute(),
      );
    },

    /** Sets what the change names, raises the version, gives the user as it is now. */
    change: async (id: string, change: UserChange, now: string): Promise<User> => {
      const set: Updateable<UserTable> = { updated_at: toStored(now) };
      if (change.username !== undefined) {
        set.username = change.username;
        set.username_fold = caseFold(change.username);
        set.username_skeleton = await skeletonOf(change.username);
      }
      if (change.profileImage !== undefined) set.profile_image = change.profileImage;
      if (change.isActive !== undefined) set.is_active = Number(change.isActive);
      if (change.isSuperuser !== undefined) set.is_superuser = Number(change.isSuperuser);
      if (change.isAutomatic !== undefined) set.is_automatic = Number(change.isAutomatic);
      if (change.mustChangePassword !== undefined) set.must_change = Number(change.mustChangePassword);
      if (change.password) {
        set.password = change.password.sealed;
        set.password_cost = change.password.cost;
      }
      const rows = await unlessTaken(
        db
          .updateTable('user')
          .set(set)
          .set('version', sql`version + 1`)
          .where('id', '=', id)
          .returningAll()
          .execute(),
      );
      const [row] = rows;
      if (!row) throw new Refusal('user_not_found');
      await revocations.raise(id);
      return userOf(row);
    },

    /** Remembers a sign-in; no change of the user, so its version stays. */
    signedIn: async (id: string, now: string): Promise<void> => {
      await db
        .updateTable('user')
        .set({ last_login_at: toStored(now) })
        .where('id', '=', id)
        .execute();
      revocations.noteSignIn(id, now);
    },

    /** Stores the same password sealed or hashed anew; the user does not change by it. */
    reseal: async (id: string, password: { sealed: string; cost: number }): Promise<void> => {
      await db
        .updateTable('user')
        .set({ password: password.sealed, password_cost: password.cost })
        .where('id', '=', id)
        .execute();
    },

    /** Throws user_has_data where a table of the Python Langinfra still refers to the user. */
    remove: async (id: string): Promise<void> => {
      await unlessReferredTo(db.deleteFrom('user').where('id', '=', id).execute());
      await revocations.raise(id);
    },
  };
};

/** The number of rows. */
export const countOf = async (rows: SelectQueryBuilder<Schema, 'user', object>): Promise<number> => {
  const { count } = await rows.select(of => of.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  return count;
};

/** A row as the program handles it. */
export const userOf = (row: UserTable): User => ({
  id: row.id,
  username: row.username,
  profileImage: row.profile_image,
  isActive: row.is_active === 1,
  isSuperuser: row.is_superuser === 1,
  isAutomatic: row.is_automatic === 1,
  mustChangePassword: row.must_change === 1,
  createdAt: fromStored(row.create_at),
  updatedAt: fromStored(row.updated_at),
  lastLoginAt: row.last_login_at === null ? null : fromStored(row.last_login_at),
  version: row.version,
});
