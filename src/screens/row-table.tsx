import { Box, Text } from 'ink';
import { memo } from 'react';
import { fit } from '../text.ts';
import { type ListState, shownRows } from './list-state.ts';
import { useSymbols } from './symbols.ts';
import { theme } from './theme.ts';
import { gap, markerOf, markerWidth } from './user-table.tsx';

export type RowColumn<Row> = {
  title: string;
  width: number;
  /** Printable, with a sign in place of what is not. */
  text: (row: Row, sign: string) => string;
};

/** What the marker before so many columns and the gaps between them take. */
export const gapsOf = (columns: number): number => markerWidth + (columns - 1) * gap.length;

type TableProps<Row> = {
  list: ListState<Row>;
  columns: readonly RowColumn<Row>[];
  keyOf: (row: Row) => string | number;
  /** What is to be known beside the first column. It has the accent: no text in the column can say it. */
  remarkOf?: (row: Row) => string;
  /** What is said where there is no row. */
  empty: string;
};

/** The rows of a list under the titles of their columns: a line each, never more than the screen holds. */
export const RowTable = <Row,>({ list, columns, keyOf, remarkOf, empty }: TableProps<Row>) => {
  const { cut, unprintable } = useSymbols();
  const shown = shownRows(list);
  return (
    <>
      <Text wrap="truncate" bold>
        {'  '}
        {columns
          .map(({ title, width }) => fit(title, width))
          .join(gap)
          .trimEnd()}
      </Text>
      <Box flexDirection="column">
        {shown.map((row, index) => {
          const remark = remarkOf?.(row) ?? '';
          const cells = columns.map(({ text, width }, at) =>
            fit(text(row, unprintable), at === 0 && remark ? width - remark.length - 1 : width, cut),
          );
          const [first = '', ...others] = cells;
          return (
            <RowLine
              key={keyOf(row)}
              first={first}
              remark={remark}
              others={['', ...others].join(gap)}
              isChosen={list.top + index === list.cursor}
            />
          );
        })}
        {shown.length === 0 && <Text wrap="truncate">{`  ${empty}`}</Text>}
      </Box>
    </>
  );
};

type LineProps = { first: string; remark: string; others: string; isChosen: boolean };

/** One line, so that a key costs no box for each cell. */
const RowLine = memo(({ first, remark, others, isChosen }: LineProps) => {
  const kept = first.trimEnd();
  return (
    <Text wrap="truncate" inverse={isChosen}>
      {markerOf(isChosen, false, useSymbols())}
      {remark ? kept : first}
      {remark && (
        <>
          <Text color={theme.accent}>{` ${remark}`}</Text>
          {first.slice(kept.length)}
        </>
      )}
      {others}
    </Text>
  );
});
