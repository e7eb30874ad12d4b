import type { ImportRow } from '../../../accounts/import-rows.ts';
import { Refusal } from '../../../refusal.ts';
import { shortened } from '../../../text.ts';
import { columnOf } from './columns.ts';
import type { Part } from './utf8.ts';

/** Of an array, which is read whole, in bytes. */
const largestArray = 268_435_456;
/** Of one line, in characters. */
const longestLine = 1_048_576;
const rowsAtOnce = 1000;

/** The objects of lines of JSON. Throws bad_file. */
export const jsonLines = async function* (
  parts: AsyncIterable<Part>,
  path: string,
): AsyncGenerator<ImportRow[], undefined> {
  let rest = '';
  let place = 0;
  const rowsOf = (lines: readonly string[]): ImportRow[] =>
    lines.flatMap(line => {
      place += 1;
      return line.trim() === '' ? [] : rowOf(parsed(line, path, place), path, 'line', place);
    });
  let isEmpty = true;
  for await (const { bytes } of parts) {
    const lines = (rest + bytes.toString()).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine)
      throw new Refusal('bad_file', {
        path,
        place: place + lines.length + 1,
        sentence: 'it is longer than 1 MiB',
      });
    const rows = rowsOf(lines);
    isEmpty &&= rows.length === 0;
    yield rows;
  }
  const last = rowsOf([rest]);
  if (isEmpty && last.length === 0) throw new Refusal('bad_file', { path, sentence: 'it is empty' });
  yield last;
};

/** The objects of one array. Throws bad_file. */
export const jsonArray = async function* (
  parts: AsyncIterable<Part>,
  path: string,
): AsyncGenerator<ImportRow[], undefined> {
  const all: Buffer[] = [];
  let size = 0;
  for await (const { bytes } of parts) {
    all.push(bytes);
    size += bytes.length;
    if (size > largestArray)
      throw new Refusal('bad_file', {
        path,
        sentence: 'an array has at most 256 MiB. Lines of JSON, one user on each, may be as many as you like',
      });
  }
  const entries = parsed(Buffer.concat(all).toString(), path, undefined) as unknown[];
  for (let from = 0; from < entries.length; from += rowsAtOnce)
    yield entries
      .slice(from, from + rowsAtOnce)
      .map((entry, at) => rowOf(entry, path, 'entry', from + at + 1));
};

const parsed = (text: string, path: string, place: number | undefined): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // V8 quotes the text in its words, and a password may stand there.
    throw new Refusal('bad_file', { path, place, sentence: 'it is no JSON' });
  }
};

const rowOf = (entry: unknown, path: string, unit: string, place: number): ImportRow => {
  const refuse = (sentence: string) => new Refusal('bad_file', { path, unit, place, sentence });
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw refuse('it is no object');
  const values: ImportRow['values'] = {};
  for (const [key, value] of Object.entries(entry)) {
    const column = columnOf(key);
    if (column === null) throw refuse(`the key ${shortened(key) || 'without a name'} is unknown`);
    if (column) values[column] = value;
  }
  return { place, values };
};
