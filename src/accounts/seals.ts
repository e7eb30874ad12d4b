import type { SealedSecretRow } from '../store/second-steps.ts';
import type { StoredPasswordRow } from '../store/user-batches.ts';
import type { Sealing } from './sealing.ts';

/**
 * How a password is stored: sealed, plain as the Python server wrote it, not at all, sealed with something else, or as
 * what is no password.
 */
export type SealKind = 'sealed' | 'plain' | 'none' | 'unreadable' | 'unknown';

const bcryptHash = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;

const sealKindOf = (sealing: Sealing, { id, password }: StoredPasswordRow): SealKind => {
  if (password === '') return 'none';
  if (!sealing.isSealed(password)) return bcryptHash.test(password) ? 'plain' : 'unknown';
  return sealing.unseal(password, id) === undefined ? 'unreadable' : 'sealed';
};

/** How many passwords are stored in which way, whose do not open, whose are neither sealed nor a hash, and one-time codes. */
export type SealCounts = {
  users: number;
  sealed: number;
  plain: number;
  none: number;
  unreadable: string[];
  unknown: string[];
  /** Secrets of one-time codes, and whose do not open. */
  secrets: number;
  unreadableSecrets: string[];
};

/** Adds up what is stored of users, batch by batch. */
export const createSealCounts = (sealing: Sealing) => {
  const counts: SealCounts = {
    users: 0,
    sealed: 0,
    plain: 0,
    none: 0,
    unreadable: [],
    unknown: [],
    secrets: 0,
    unreadableSecrets: [],
  };
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
    /** Gives the secret of one-time codes; undefined where it does not open. */
    addSecret: ({ id, username, secret }: SealedSecretRow): string | undefined => {
      const opened = sealing.oneTimeCodes.unseal(secret, id);
      if (opened === undefined) counts.unreadableSecrets.push(username);
      else counts.secrets += 1;
      return opened;
    },
  };
};
