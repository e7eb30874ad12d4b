import type { Credentials, User } from '../store/users.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { refuseOrdinary } from './list-users.ts';
import type { KeptHash } from './passwords.ts';

/** A user as an export has it. */
export type ExportedUser = {
  user: User;
  hash?: KeptHash | undefined;
  /** A password is stored, and its hash cannot be read. */
  isHashLost?: boolean;
};

/** Users read at a time. */
const pageSize = 1000;

/** Giving all users away, without the automatic account, which each database makes for itself. */
export const createUserExport = (context: Context) => {
  const { store, passwords } = context;
  return {
    /** How many there are to be exported; written into the audit before the first is read. Throws superuser_needed. */
    beginExport: (actor: Actor, source: { file: string; hashes: boolean }): Promise<number> =>
      store.write(async tx => {
        await refuseOrdinary(context, tx, actor);
        const users = (await tx.health.countUsers()) - ((await tx.users.automatic()) ? 1 : 0);
        await context.record(tx, { event: 'exported', actor, after: { ...source, users } });
        return users;
      }),

    /**
     * The users by when they were made, a thousand at a time, with what is stored of their passwords where that is asked
     * for. No one is left out who was there at the beginning and still is. Throws superuser_needed.
     */
    exported: async function* (
      actor: Actor,
      { hashes }: { hashes: boolean },
    ): AsyncGenerator<ExportedUser[]> {
      const exportedOf = ({ user, password }: Credentials): ExportedUser => {
        if (!hashes) return { user };
        const hash = passwords.reveal(password, user.id);
        return { user, hash, isHashLost: password !== '' && hash === undefined };
      };
      for (let last: User | undefined; ; ) {
        await refuseOrdinary(context, store.read, actor);
        const found = await store.read.imports.page(last, pageSize);
        if (found.length === 0) return;
        last = found.at(-1)?.user;
        yield found.map(exportedOf);
      }
    },
  };
};
