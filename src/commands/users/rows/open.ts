import { createReadStream, existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ImportRow } from '../../../accounts/import-rows.ts';
import { Refusal } from '../../../refusal.ts';
import { type Part, utf8Parts } from './utf8.ts';

export const formats = ['csv', 'json'] as const;
export type Format = (typeof formats)[number];

/** Rows in the order of a file, and what they are counted in. */
export type Rows = { unit: 'line' | 'entry'; rows: AsyncIterable<ImportRow[]> };

const readAtOnce = 262_144;
const byteOrderMark = '\ufeff';

/** What a file is, by the end of its name. */
export const formatOf = (file: string | undefined): Format =>
  /\.(?:json|jsonl|ndjson)$/i.test(file ?? '') ? 'json' : 'csv';

/** The rows of a file, or of stdin for `-`. Throws no_backup, file_unreadable, and as they are read bad_file. */
export const openRows = async (
  file: string,
  format: Format,
  stdin: Readable = process.stdin,
): Promise<Rows> => {
  const path = file === '-' ? 'stdin' : file;
  const parts = utf8Parts(bytesOf(file, stdin), path);
  if (format === 'csv') return { unit: 'line', rows: (await import('./csv.ts')).csvRows(parts, path) };
  const { jsonArray, jsonLines } = await import('./json.ts');
  const { first, all } = await startingWith(parts);
  return first.trimStart().startsWith('[')
    ? { unit: 'entry', rows: jsonArray(all, path) }
    : { unit: 'line', rows: jsonLines(all, path) };
};

async function* bytesOf(file: string, stdin: Readable): AsyncGenerator<Uint8Array, undefined> {
  if (file !== '-' && !existsSync(file)) throw new Refusal('no_backup', { path: file });
  try {
    yield* file === '-' ? stdin : createReadStream(file, { highWaterMark: readAtOnce });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason = { EACCES: 'permission denied', EISDIR: 'it is a directory, not a file' }[code] ?? code;
    throw new Refusal('file_unreadable', { path: file, reason });
  }
}

/** What the text begins with, without a byte order mark, and all of its parts. */
const startingWith = async (parts: AsyncGenerator<Part, undefined>) => {
  const { value } = await parts.next();
  const text = value?.bytes.toString() ?? '';
  const first = text.startsWith(byteOrderMark) ? text.slice(1) : text;
  const all = async function* (): AsyncGenerator<Part, undefined> {
    if (value) yield { ...value, bytes: Buffer.from(first) };
    yield* parts;
  };
  return { first, all: all() };
};
