import { once } from 'node:events';
import { CsvError, type Options, parse } from 'csv-parse';
import type { ImportRow } from '../../../accounts/import-rows.ts';
import { Refusal } from '../../../refusal.ts';
import { columnsOf } from './columns.ts';
import type { Part } from './utf8.ts';

/** Of one row, in characters: a larger one is a quote that was forgotten. */
const longestRow = 1_048_576;

const options: Options = {
  bom: true,
  record_delimiter: ['\r\n', '\n'],
  skip_empty_lines: true,
  max_record_size: longestRow,
  // Counted here, for a sentence that says how many there are.
  relax_column_count: true,
};

const sentences: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'behind a closing quote stands something else than a comma',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a field',
  CSV_MAX_RECORD_SIZE: 'a row is longer than 1 MiB, as where a quote is not closed',
};

type Line = { fields: string[]; line: number };

/** The rows of a CSV file (RFC 4180) with a header. Throws bad_file. */
export const csvRows = async function* (
  parts: AsyncIterable<Part>,
  path: string,
): AsyncGenerator<ImportRow[], undefined> {
  let read: Line[] = [];
  let returns = 0;
  const parser = parse({
    ...options,
    on_record: (fields: string[], { lines }) => {
      // csv-parse counts a CR as a line, alone or before the LF of a line break within quotes.
      for (const field of fields) if (field.includes('\r')) returns += field.split('\r').length - 1;
      read.push({ fields, line: lines - returns });
      // Nothing goes through the stream: an object for each row there takes longer than the parsing.
      return null;
    },
  });
  parser.on('error', () => {});
  parser.resume();
  const refused = (error: unknown): unknown =>
    error instanceof CsvError
      ? new Refusal('bad_file', {
          path,
          place: Number(error.lines) - returns,
          sentence: sentences[error.code] ?? 'it is no CSV',
        })
      : error;
  let columns: ReturnType<typeof columnsOf> | undefined;
  const taken = (): ImportRow[] => {
    const lines = read;
    read = [];
    const header = columns ? undefined : lines.shift();
    if (header) columns = columnsOf(header.fields, path, header.line);
    return lines.map(line => rowOf(line, columns ?? []));
  };
  try {
    for await (const { bytes } of parts) {
      await new Promise<void>((resolve, reject) => {
        parser.write(bytes, error => (error ? reject(error) : resolve()));
      });
      yield taken();
    }
    parser.end();
    await once(parser, 'end');
  } catch (error) {
    throw refused(error);
  }
  yield taken();
  if (!columns) throw new Refusal('bad_file', { path, sentence: 'it is empty' });
};

const rowOf = ({ fields, line }: Line, columns: ReturnType<typeof columnsOf>): ImportRow => {
  const values: ImportRow['values'] = {};
  for (const [at, column] of columns.entries()) if (column) values[column] = fields[at];
  if (fields.length === columns.length) return { place: line, values };
  const wrong = new Refusal('row_uneven', { fields: fields.length, columns: columns.length });
  return { place: line, values, wrong };
};
