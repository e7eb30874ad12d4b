import type { Kysely } from 'kysely';
import type { Schema, SshKeyTable } from './schema.ts';
import { fromStored, toStored } from './values.ts';

/** A public key, as authorized_keys has it in a line. */
export type PublicKey = {
  /** `ssh-ed25519` */
  type: string;
  /** The key itself, in base64. */
  blob: string;
  /** What its owner calls it; may be empty. */
  comment: string;
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  fingerprint: string;
};

/** A public key that a user signs in with. Times are ISO 8601 with microseconds, UTC. */
export type SshKey = PublicKey & {
  id: string;
  userId: string;
  createdAt: string;
  lastUsedAt: string | null;
};

export const createSshKeyStore = (db: Kysely<Schema>) => {
  const keys = () => db.selectFrom('ssh_key').selectAll();
  return {
    find: async (id: string): Promise<SshKey | undefined> => {
      const row = await keys().where('id', '=', id).executeTakeFirst();
      return row && sshKeyOf(row);
    },

    findByBlob: async (blob: string): Promise<SshKey | undefined> => {
      const row = await keys().where('blob', '=', blob).executeTakeFirst();
      return row && sshKeyOf(row);
    },

    /** The keys of a user, oldest first. */
    listOf: async (userId: string): Promise<SshKey[]> => {
      const rows = await keys().where('user_id', '=', userId).orderBy('created_at').orderBy('id').execute();
      return rows.map(sshKeyOf);
    },

    insert: async (key: Omit<SshKey, 'lastUsedAt'>): Promise<void> => {
      await db
        .insertInto('ssh_key')
        .values({
          id: key.id,
          user_id: key.userId,
          type: key.type,
          blob: key.blob,
          comment: key.comment,
          fingerprint: key.fingerprint,
          created_at: toStored(key.createdAt),
          last_used_at: null,
        })
        .execute();
    },

    used: async (id: string, at: string): Promise<void> => {
      await db
        .updateTable('ssh_key')
        .set({ last_used_at: toStored(at) })
        .where('id', '=', id)
        .execute();
    },

    remove: async (id: string): Promise<void> => {
      await db.deleteFrom('ssh_key').where('id', '=', id).execute();
    },
  };
};

const sshKeyOf = (row: SshKeyTable): SshKey => ({
  id: row.id,
  userId: row.user_id,
  type: row.type,
  blob: row.blob,
  comment: row.comment,
  fingerprint: row.fingerprint,
  createdAt: fromStored(row.created_at),
  lastUsedAt: row.last_used_at && fromStored(row.last_used_at),
});
