import { describe, expect, test } from 'vitest';
import type { ImportRow } from '../../../src/accounts/import-rows.ts';
import { csvRows } from '../../../src/commands/users/rows/csv.ts';
import { jsonArray, jsonLines } from '../../../src/commands/users/rows/json.ts';
import { utf8Parts } from '../../../src/commands/users/rows/utf8.ts';

/** A file that comes in pieces of so many bytes. */
const inPieces = async function* (content: string | Buffer, size: number) {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

const readers = { csv: csvRows, lines: jsonLines, array: jsonArray };
const read = async (kind: keyof typeof readers, content: string | Buffer, size = 7): Promise<ImportRow[]> => {
  const rows: ImportRow[] = [];
  for await (const some of readers[kind](utf8Parts(inPieces(content, size), 'f'), 'f')) rows.push(...some);
  return rows;
};
const refusalOf = async (kind: keyof typeof readers, content: string | Buffer): Promise<string> => {
  const error = await read(kind, content).catch((error: Error & { exit?: number }) => error);
  expect(error).toMatchObject({ code: 'bad_file', exit: 2 });
  return (error as Error).message.replace('. Nothing was changed', '');
};

describe('a CSV file', () => {
  test.each([1, 2, 3, 64])('is read the same in pieces of %i bytes, whatever its quotes hold', async size => {
    const content = '\ufeffid,username\r\n,"a ""b"", c"\r\n\r\n,"日\r\n本"\n,🦜\n, x\n';
    expect(await read('csv', content, size)).toEqual([
      { place: 2, values: { id: '', username: 'a "b", c' } },
      { place: 5, values: { id: '', username: '日\r\n本' } },
      { place: 6, values: { id: '', username: '🦜' } },
      { place: 7, values: { id: '', username: ' x' } },
    ]);
  });

  test('may have the columns of an export that an import writes itself, and no row', async () => {
    expect(await read('csv', 'version,username,updated_at,store_api_key\n1,ada,x,\n')).toEqual([
      { place: 2, values: { username: 'ada' } },
    ]);
    expect(await read('csv', 'username\n')).toEqual([]);
  });

  test.each<[what: string, content: string | Buffer, sentence: string | RegExp]>([
    ['nothing', '', 'f: it is empty'],
    ['a byte order mark only', '\ufeff', 'f: it is empty'],
    ['no header', 'ada,secret\n', /^f, line 1: the column ada is unknown\. Known are: username, password,/],
    ['a column twice', 'username,id,username\n', 'f, line 1: the column username is there twice'],
    [
      'a column twice, with a space',
      'username, username\nada,eve\n',
      'f, line 1: the column username is there twice',
    ],
    [
      'a header that is no header',
      `${'x'.repeat(900_000)}\n`,
      /^f, line 1: the column x{64}… is unknown\. Known are: /,
    ],
    [
      'a quote that is not closed',
      `username\n"${'x'.repeat(1_100_000)}`,
      'f, line 2: a row is longer than 1 MiB, as where a quote is not closed',
    ],
    ['no username', 'id,password\n', 'f, line 1: no column is called username'],
    ['a header with a lone CR', 'user\rname,id\nada,\n', /^f, line 1: the column user·name is unknown/],
    ['a quote never closed', 'username\nada\n"bob\ncy\n', /line \d: a quote is opened and never closed$/],
    ['more behind a quote', 'username\n"ada"b\n', /line 2: behind a closing quote stands something else/],
    ['a quote in the middle', 'username\na"da\n', 'f, line 2: a quote stands in the middle of a field'],
    ['a field of two million', `username\n"${'x'.repeat(2_000_000)}"\n`, /longer than 1 MiB/],
    ['Latin-1', Buffer.from('username\nada\nJos\xe9\ncy\n', 'latin1'), 'f, line 3: it is not valid UTF-8'],
    [
      'half a character at the end',
      Buffer.concat([Buffer.from('username\nada\n'), Buffer.from('日').subarray(0, 2)]),
      'f, line 3: it is not valid UTF-8',
    ],
  ])('of %s is refused in one sentence', async (_, content, sentence) => {
    expect(await refusalOf('csv', content)).toMatch(sentence);
  });
});

/** Which rows are wrong by their shape, and why. */
const wrongIn = async (kind: keyof typeof readers, content: string): Promise<string[]> =>
  (await read(kind, content)).flatMap(({ place, wrong }) => (wrong ? `${place}: ${wrong.message}` : []));

test('a row of a wrong shape says so itself, and the others are read', async () => {
  expect(await wrongIn('csv', 'username,id\nada,\nbob\ncy,,\neve,\n')).toEqual([
    '3: It has 1 field, and the header has 2',
    '4: It has 3 fields, and the header has 2',
  ]);
  const entries = [
    '{"username":"z","username":"y"}',
    '12',
    '{"username":"a","admin":true}',
    'null',
    '{"username":"b","__proto__":{}}',
    '[{"id":"","id":""}]',
    '{"id":"","\\u0069d":"","":1}',
    '{"username":"\\"id\\":","id":""}',
    '{"username":{"id":1},"id":""}',
  ];
  const wrong = [
    '1: The key username is there twice',
    '2: It is no object',
    '3: The key admin is unknown',
    '4: It is no object',
    '5: The key __proto__ is unknown',
    '6: It is no object',
    '7: The key id is there twice',
  ];
  expect(await wrongIn('array', `[${entries.join(', ')}]`)).toEqual(wrong);
  expect(await wrongIn('lines', entries.join('\n'))).toEqual(wrong);
  // What the line holds is not repeated: it may be a password.
  expect(await wrongIn('lines', '{"username":"a"}\n{"password":"se\n{"username":"b"}')).toEqual([
    '2: It is no JSON',
  ]);
});

describe('JSON', () => {
  const rows = [{ username: 'ada', is_active: true }, { username: '日本\n' }];

  test.each([1, 3, 64])('is lines or an array, in pieces of %i bytes', async size => {
    const lines = rows.map(row => `${JSON.stringify(row)}\r\n`).join('\n');
    expect(await read('lines', lines, size)).toEqual([
      { place: 1, values: rows[0] },
      { place: 3, values: rows[1] },
    ]);
    expect(await read('array', JSON.stringify(rows, null, 2), size)).toEqual([
      { place: 1, values: rows[0] },
      { place: 2, values: rows[1] },
    ]);
  });

  test.each<[what: string, kind: 'lines' | 'array', content: string | Buffer, sentence: string]>([
    ['nothing', 'lines', '', 'f: it is empty'],
    ['an array that was cut', 'array', '[{"username":"a"},', 'f: it is no JSON'],
    ['Latin-1', 'lines', Buffer.from('{"username":"Jos\xe9"}', 'latin1'), 'f, line 1: it is not valid UTF-8'],
  ])('of %s is refused in one sentence', async (_, kind, content, sentence) => {
    expect(await refusalOf(kind, content)).toBe(sentence);
  });
});
