import { expect, test } from 'vitest';
import { explain, isDuplicate } from '../../../src/store/engines/sqlite-errors.ts';

const sqliteError = (code: string, message: string = code) => Object.assign(new Error(message), { code });

// The codes of https://www.sqlite.org/rescode.html that a person can do something about.
test.each([
  ['SQLITE_BUSY', 'database_busy'],
  ['SQLITE_LOCKED', 'database_busy'],
  ['SQLITE_FULL', 'database_full'],
  ['SQLITE_READONLY', 'database_unwritable'],
  ['SQLITE_PERM', 'database_unwritable'],
  ['SQLITE_CANTOPEN', 'database_unwritable'],
  ['SQLITE_CORRUPT', 'database_corrupt'],
  ['SQLITE_NOTADB', 'database_corrupt'],
  ['SQLITE_IOERR', 'database_unreachable'],
])('%s is told as %s, with the database and exit 7', (code, refusal) => {
  expect(explain(sqliteError(code), '/data/langinfra.db')).toMatchObject({
    code: refusal,
    exit: 7,
    message: expect.stringContaining('/data/langinfra.db'),
  });
});

test('anything else stays what it is', () => {
  for (const error of [sqliteError('SQLITE_CONSTRAINT'), new Error('a bug'), undefined, null, 'text'])
    expect(explain(error, '/data/langinfra.db')).toBe(error);
});

test('only a value that is there twice is a duplicate', () => {
  const unique = 'SQLITE_CONSTRAINT: UNIQUE constraint failed: user.username';
  expect(isDuplicate(sqliteError('SQLITE_CONSTRAINT', unique))).toBe(true);
  expect(isDuplicate(sqliteError('SQLITE_CONSTRAINT', 'FOREIGN KEY constraint failed'))).toBe(false);
  expect(isDuplicate(sqliteError('SQLITE_BUSY', unique))).toBe(false);
  expect(isDuplicate(null)).toBe(false);
});
