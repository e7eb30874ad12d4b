import type { StoredPasswordRow } from '../store/user-batches.ts';
import type { Sealing } from './sealing.ts';

/** How a password is stored: sealed, plain as the Python server wrote it, not at all, or sealed with something else. */
export type SealKind = 'sealed' | 'plain' | 'none' | 'unreadable';

const sealKindOf = (sealing: Sealing, { id, password }: StoredPasswordRow): SealKind => {
  if (password === '') return 'none';
  if (!sealing.isSealed(password)) return 'plain';
  return sealing.unseal(password, id) === undefined ? 'unreadable' : 'sealed';
};

/** How many passwords are stored in which way, and whose do not open. */
export type SealCounts = { users: number; sealed: number; plain: number; none: number; unreadable: string[] };

/** Adds up stored passwords, batch by batch. */
export const createSealCounts = (sealing: Sealing) => {
  const counts: SealCounts = { users: 0, sealed: 0, plain: 0, none: 0, unreadable: [] };
  return {
    counts,
    /** Gives how it is stored. */
    add: (row: StoredPasswordRow): SealKind => {
      const kind = sealKindOf(sealing, row);
      counts.users += 1;
      if (kind === 'unreadable') counts.unreadable.push(row.username);
      else counts[kind] += 1;
      return kind;
    },
  };
};
