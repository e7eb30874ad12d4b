/** What the names of the files end with that SQLite may keep beside a database. */
export const companions = ['-wal', '-shm', '-journal'];

/** The files of a database: its own, and those that SQLite may keep beside it. */
export const withCompanions = (path: string): string[] =>
  ['', ...companions].map(suffix => `${path}${suffix}`);
