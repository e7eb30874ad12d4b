import { type ImportColumn, importColumns, passedColumns } from '../../../accounts/import-rows.ts';
import { Refusal } from '../../../refusal.ts';
import { shortened } from '../../../text.ts';

/**
 * The columns that these names mean; undefined for one that an import passes over. Throws bad_file where one is unknown
 * or there twice, or no username is among them.
 */
export const columnsOf = (
  header: readonly string[],
  path: string,
  place: number,
): (ImportColumn | undefined)[] => {
  const refuse = (sentence: string) => new Refusal('bad_file', { path, place, sentence });
  const names = header.map(name => name.trim());
  const columns = names.map(name => {
    const column = columnOf(name);
    if (column === null)
      throw refuse(
        `the column ${shortened(name) || 'without a name'} is unknown. Known are: ${importColumns.join(', ')}`,
      );
    return column;
  });
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw refuse(`the column ${twice} is there twice`);
  if (!columns.includes('username')) throw refuse('no column is called username');
  return columns;
};

/** The column of that name; undefined for one to pass over, null for one that nobody knows. */
export const columnOf = (name: string): ImportColumn | undefined | null => {
  if (passedColumns.includes(name)) return undefined;
  return importColumns.find(column => column === name) ?? null;
};
