import { transferRefusals } from './transfer.ts';

/** The part of the table (refusal.ts) on the database and the other files of ours. */
export const fileRefusals = {
  no_database: {
    words: (d: { path: string }) =>
      `There is no database at ${d.path}. Make one with: langinfra run, or langinfra superuser`,
    http: 503,
    exit: 7,
  },
  database_busy: {
    words: (d: { path: string }) =>
      `The database is busy: another program holds ${d.path}. Try again in a moment`,
    http: 503,
    exit: 7,
  },
  database_silent: { words: 'The database does not answer now', http: 503, exit: 7 },
  database_full: {
    words: (d: { path: string }) =>
      `The disk is full: there is no space left for ${d.path}. Make room and try again`,
    http: 503,
    exit: 7,
  },
  database_unwritable: {
    words: (d: { path: string }) =>
      `The database ${d.path} cannot be written. Check who owns the file and its directory`,
    http: 503,
    exit: 7,
  },
  database_read_only: {
    words: (d: { path: string }) =>
      `The database ${d.path} cannot be used: its file system is read-only, and even reading needs files beside it. Make it writable, or restore a backup elsewhere`,
    http: 503,
    exit: 7,
  },
  database_unreachable: {
    words: (d: { path: string; reason: string }) => `The database ${d.path} cannot be opened: ${d.reason}`,
    http: 503,
    exit: 7,
  },
  database_corrupt: {
    words: (d: { path: string }) =>
      `${d.path} is damaged or is no Langinfra database. It was left untouched. Bring a backup back with: langinfra restore FILE`,
    http: 503,
    exit: 7,
  },
  database_moved: {
    words: (d: { path: string }) =>
      `The database ${d.path} was moved, removed or replaced while it was in use. Start this program again`,
    http: 503,
    exit: 7,
  },
  database_older: {
    words: (d: { path: string }) =>
      `The database ${d.path} is of an older version, and a dry run changes nothing. Bring it up to date first: langinfra users list`,
    http: 503,
    exit: 7,
  },
  database_newer: {
    words: (d: { path: string }) =>
      `The database ${d.path} was written by a newer Langinfra. It was left untouched; start the newer version`,
    http: 503,
    exit: 7,
  },
  directory_unusable: {
    words: (d: { path: string; reason: string }) => `The directory ${d.path} cannot be used: ${d.reason}`,
    http: 503,
    exit: 7,
  },
  file_unreadable: {
    words: (d: { path: string; reason: string }) => `The file ${d.path} cannot be read: ${d.reason}`,
    http: 503,
    exit: 7,
  },
  file_unwritable: {
    words: (d: { path: string; reason: string }) => `The file ${d.path} cannot be written: ${d.reason}`,
    http: 503,
    exit: 7,
  },
  file_exists: {
    words: (d: { path: string }) => `${d.path} exists. Choose another name, or add --overwrite`,
    http: 500,
    exit: 3,
  },
  file_in_use: {
    words: (d: { path: string; what: string }) => `${d.path} is ${d.what}, and stays. Choose another name`,
    http: 500,
    exit: 2,
  },
  no_backup: { words: (d: { path: string }) => `There is no file ${d.path}`, http: 500, exit: 4 },
  backup_damaged: {
    words: (d: { path: string }) => `${d.path} is damaged or is no backup of Langinfra. Nothing was changed`,
    http: 500,
    exit: 7,
  },
  found_damage: {
    words: (d: { path: string }) =>
      `${d.path} is not as it should be. Bring a backup back with: langinfra restore FILE`,
    http: 500,
    exit: 7,
  },
  audit_broken: {
    words: (d: { path: string }) =>
      `The audit of ${d.path} is not as it was written. Compare it with an export or a backup`,
    http: 500,
    exit: 7,
  },
  file_exposed: {
    words: (d: { path: string; mend: string }) =>
      `Others can read or change ${d.path}. Mend it with: ${d.mend}`,
    http: 503,
    exit: 7,
  },
  secret_key_empty: {
    words: (d: { path: string }) =>
      `The secret key in ${d.path} is empty. Remove the file, and a new one is made`,
    http: 500,
    exit: 7,
  },
  secret_key_mismatch: {
    words: (d: { remedies: string }) =>
      `The secret key does not match the database: its passwords were sealed with another. ${d.remedies}`,
    http: 500,
    exit: 8,
  },
  ...transferRefusals,
  /** A process that runs on with a key that was replaced. */
  secret_key_outdated: {
    words: 'The secret key was replaced: start Langinfra again',
    http: 503,
    exit: 8,
  },
  seals_broken: {
    words: (d: { whose: string; mend: string }) =>
      `The secret key does not open ${d.whose}, so nothing was changed. ${d.mend}`,
    http: 500,
    exit: 7,
  },
  new_key_needed: {
    words: (d: { place: string }) =>
      `The secret key comes from ${d.place}. Give the new one with --new-key-file FILE or --new-key-stdin`,
    http: 500,
    exit: 2,
  },
  new_key_weak: {
    words:
      'A new secret key has 32 characters or more, all of ASCII and no space. Make one with: openssl rand -base64 32',
    http: 422,
    exit: 5,
  },
  new_key_same: { words: 'The new secret key is the present one', http: 422, exit: 5 },
} as const;
