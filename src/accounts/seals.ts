import type { StoredPasswordRow } from '../store/user-batches.ts';
import type { Sealing } from './sealing.ts';

/**
 * How a password is stored: sealed, plain as the Python server wrote it, not at all, sealed with something else, or as
 * what is no password.
 */
export type SealKind = 'sealed' | 'plain' | 'none' | 'unreadable' | 'unknown';

const bcryptHash = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

/** In which way a password is stored. */
export const sealKindOf = (
  sealing: Pick<Sealing, 'isSealed' | 'unseal'>,
  { id, password }: Pick<StoredPasswordRow, 'id' | 'password'>,
): SealKind => {
  if (password === '') return 'none';
  if (!sealing.isSealed(password)) return bcryptHash.test(password) ? 'plain' : 'unknown';
  return sealing.unseal(password, id) === undefined ? 'unreadable' : 'sealed';
};

/** How many passwords are stored in which way, whose do not open, and whose are neither sealed nor a hash. */
export type SealCounts = {
  users: number;
  sealed: number;
  plain: number;
  none: number;
  unreadable: string[];
  unknown: string[];
};

/** Adds up stored passwords, batch by batch. */
export const createSealCounts = (sealing: Sealing) => {
  const counts: SealCounts = { users: 0, sealed: 0, plain: 0, none: 0, unreadable: [], unknown: [] };
  return {
    counts,
    /** Gives how it is stored. */
    add: (row: StoredPasswordRow): SealKind => {
      const kind = sealKindOf(sealing, row);
      counts.users += 1;
      if (kind === 'unreadable' || kind === 'unknown') counts[kind].push(row.username);
      else counts[kind] += 1;
      return kind;
    },
  };
};
