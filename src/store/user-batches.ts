import { type Kysely, sql } from 'kysely';
import { createApiKeyStore } from './api-keys.ts';
import { unlessReferredTo } from './engines/sqlite-errors.ts';
import type { Revocations } from './revocations.ts';
import type { Schema } from './schema.ts';
import { toStored } from './values.ts';

/** A password as the database keeps it, and whose it is. */
export type StoredPasswordRow = { id: string; username: string; password: string };

/** How many users are read at a time. */
const batch = 1000;

/** All users, in batches, in the order of their ids: what is changed of them meanwhile makes none come twice. */
export const everyUser = async function* (db: Kysely<Schema>) {
  for (let last = ''; ; ) {
    const rows = await db
      .selectFrom('user')
      .select(['id', 'username', 'password', 'is_automatic', 'username_fold', 'username_skeleton'])
      .where('id', '>', last)
      .orderBy('id')
      .limit(batch)
      .execute();
    if (rows.length === 0) return;
    last = rows.at(-1)?.id ?? '';
    yield rows;
  }
};

export type FlagChange = { isActive: boolean } | { isSuperuser: boolean };

/** Changing many users by one statement, a batch of ids at a time. */
export const createUserBatches = (db: Kysely<Schema>, revocations: Revocations) => {
  const among = (ids: readonly string[]) => sql`(select value from json_each(${JSON.stringify(ids)}))`;
  const apiKeys = createApiKeyStore(db);

  return {
    /** Sets one flag of all of them and raises their versions. */
    setFlag: async (ids: readonly string[], change: FlagChange, now: string): Promise<void> => {
      const [column, value] =
        'isActive' in change ? ['is_active', change.isActive] : ['is_superuser', change.isSuperuser];
      await sql`update user set ${sql.ref(column as string)} = ${Number(value)}, version = version + 1,
        updated_at = ${toStored(now)} where id in ${among(ids)}`.execute(db);
      await revocations.raise();
    },

    endSessions: async (ids: readonly string[]): Promise<void> => {
      await sql`delete from session where user_id in ${among(ids)}`.execute(db);
      await sql`update recovery set code = null where user_id in ${among(ids)}`.execute(db);
      await revocations.raise();
    },

    /**
     * Deletes them with their folders, sessions and API keys, and remembers their names as deleted. Throws user_has_data
     * where a row of the Python Langinfra still refers to one of them.
     */
    remove: async (ids: readonly string[], now: string): Promise<void> => {
      await sql`insert into meta (key, value)
        select 'deleted_user:' || username_fold, ${now} from user where id in ${among(ids)}
        on conflict (key) do update set value = excluded.value`.execute(db);
      await apiKeys.removeOf(...ids);
      await sql`update folder set parent_id = null where user_id in ${among(ids)}`.execute(db);
      await unlessReferredTo(sql`delete from folder where user_id in ${among(ids)}`.execute(db));
      await unlessReferredTo(sql`delete from user where id in ${among(ids)}`.execute(db));
      await revocations.raise();
    },

    /** The passwords of all users, in batches. */
    passwords: async function* (): AsyncGenerator<StoredPasswordRow[]> {
      for await (const rows of everyUser(db))
        yield rows.map(({ id, username, password }) => ({ id, username, password }));
    },

    /** Stores the same passwords sealed anew; the users do not change by it. */
    setPasswords: async (rows: readonly { id: string; password: string }[]): Promise<void> => {
      const pairs = JSON.stringify(rows.map(({ id, password }) => [id, password]));
      await sql`update user set password = fresh.value ->> 1 from json_each(${pairs}) as fresh
        where user.id = fresh.value ->> 0`.execute(db);
    },

    /** Whether a user was changed at exactly that time. */
    hasChangedAt: async (at: string): Promise<boolean> => {
      const row = await db
        .selectFrom('user')
        .select('id')
        .where('updated_at', '=', toStored(at))
        .executeTakeFirst();
      return row !== undefined;
    },

    /** Of these users, those who were changed at another time, or are gone. Gives their ids. */
    notChangedAt: async (ids: readonly string[], at: string): Promise<string[]> => {
      const { rows } = await sql<{ id: string }>`
        select value as id from json_each(${JSON.stringify(ids)})
        except select id from user where updated_at = ${toStored(at)}`.execute(db);
      return rows.map(({ id }) => id);
    },
  };
};
