import type { ImportRow } from '../../../accounts/import-rows.ts';
import { Refusal } from '../../../refusal.ts';
import { walkJson } from '../../../text/json-keys.ts';
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
      return line.trim() === '' ? [] : rowOfLine(line, place);
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
  const text = Buffer.concat(all).toString();
  const entries = parsed(
    text,
    () => new Refusal('bad_file', { path, sentence: 'it is no JSON' }),
  ) as unknown[];
  const twice = keysTwice(text, 2);
  let compounds = 0;
  const twiceIn = (entry: unknown) => (isCompound(entry) ? twice.get(compounds++) : undefined);
  for (let from = 0; from < entries.length; from += rowsAtOnce)
    yield entries
      .slice(from, from + rowsAtOnce)
      .map((entry, at) => rowOf(entry, from + at + 1, twiceIn(entry)));
};

const parsed = (text: string, refusal: () => Refusal): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // V8 quotes the text in its words, and a password may stand there.
    throw refusal();
  }
};

/** The row of a line. */
const rowOfLine = (line: string, place: number): ImportRow => {
  try {
    const entry = parsed(line, () => new Refusal('row_no_json'));
    return rowOf(entry, place, hidesKey(line, entry) ? keysTwice(line, 1).get(0) : undefined);
  } catch (error) {
    if (error instanceof Refusal) return { place, values: {}, wrong: error };
    throw error;
  }
};

const isCompound = (entry: unknown): entry is object => typeof entry === 'object' && entry !== null;

/**
 * Whether a line may have more keys than what was read of it. What looks like a key within a text counts, too: this is only
 * here because looking at each takes longer than all else, and almost no line needs it.
 */
const hidesKey = (line: string, entry: unknown): boolean =>
  isCompound(entry) && line.match(/"\s*:/g)?.length !== Object.keys(entry).length;

/** A key that is there twice in them, for each of the objects and lists so deep in valid JSON that has one. */
const keysTwice = (json: string, depthOfRow: number): Map<number, string> => {
  const found = new Map<number, string>();
  let at = -1;
  walkJson(json, {
    opened: depth => {
      if (depth === depthOfRow) at += 1;
    },
    key: (name, isTwice) => {
      if (isTwice) found.set(at, name);
    },
  });
  return found;
};

const rowOf = (entry: unknown, place: number, twice: string | undefined): ImportRow => {
  const values: ImportRow['values'] = {};
  if (!isCompound(entry) || Array.isArray(entry))
    return { place, values, wrong: new Refusal('row_no_object') };
  let wrong: Refusal | undefined =
    twice === undefined ? undefined : new Refusal('key_twice', { key: shortened(twice) });
  for (const [key, value] of Object.entries(entry)) {
    const column = columnOf(key);
    if (column) values[column] = value;
    if (column === null) wrong ??= new Refusal('key_unknown', { key: shortened(key) });
  }
  return { place, values, ...(wrong && { wrong }) };
};
