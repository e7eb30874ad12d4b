import { Text } from 'ink';
import { useMemo } from 'react';
import { auditActor, auditPlace, auditSentence } from '../accounts/audit-words.ts';
import type { AuditRow } from '../store/audit.ts';
import { fit, grouped, minute, printable, second, widthOf } from '../text.ts';
import { type AuditPage, type AuditPageOptions, createAuditPage } from './audit-page.ts';
import { filterWords } from './audit-spoken.ts';
import type { Console } from './console.ts';
import { FieldValue } from './form-view.tsx';
import { Frame } from './frame.tsx';
import { auditKeys, auditSearchKeys } from './keymap-records.ts';
import type { Layer, Size } from './layer.ts';
import { useObservable } from './observable.ts';
import { gapsOf, type RowColumn, RowTable } from './row-table.tsx';
import { useSymbols } from './symbols.ts';

/** So many columns of a terminal have room for seconds, and for where it came from. */
const wide = 100;

/** Which columns a terminal of this width shows; what happened takes what is left. */
const planOf = (width: number): RowColumn<AuditRow>[] => {
  const isWide = width >= wide;
  const time: RowColumn<AuditRow> = isWide
    ? { title: 'Time', width: 19, text: ({ at }, sign) => printable(second(at), sign) }
    : { title: 'Time', width: 16, text: ({ at }, sign) => printable(minute(at), sign) };
  const who = { title: 'Who', width: Math.min(32, Math.max(14, Math.floor(width / 6))), text: auditActor };
  const from = { title: 'From', width: Math.min(40, Math.floor(width / 5)), text: auditPlace };
  const others = isWide ? [time, who, from] : [time, who];
  const left = width - gapsOf(others.length + 1) - others.reduce((sum, column) => sum + column.width, 0);
  const what = { title: 'What', width: left, text: auditSentence };
  return isWide ? [time, who, what, from] : [time, who, what];
};

/** The page and what it looks like. */
export const createAuditLayer = (options: AuditPageOptions): Layer => {
  const page = createAuditPage(options);
  return { ...page, view: size => <AuditView console={options.console} page={page} size={size} /> };
};

type Props = { console: Console; page: AuditPage; size: Size };

/** What happened, a line each. */
const AuditView = ({ console, page, size }: Props) => {
  const { list, query, isRead } = useObservable(page.list.state);
  const typing = useObservable(page.typing);
  const plan = useMemo(() => planOf(size.columns), [size.columns]);
  const isAll = query.only === 'all' && !query.user;
  return (
    <Frame console={console} size={size} title="Audit" keymap={typing ? auditSearchKeys : auditKeys}>
      <FilterLine page={page} width={size.columns} />
      <RowTable list={list} columns={plan} keyOf={({ id }) => id} empty={emptyText(isRead, isAll)} />
    </Frame>
  );
};

const emptyText = (isRead: boolean, isAll: boolean): string => {
  if (!isRead) return 'Reading...';
  return isAll ? 'Nothing has happened yet.' : 'There is nothing of that. esc shows everything.';
};

/** What is shown on the left, and on the right the number of the row under the cursor, as the seals count them. */
const FilterLine = ({ page, width }: { page: AuditPage; width: number }) => {
  const { query } = useObservable(page.list.state);
  const typing = useObservable(page.typing);
  const { cut, unprintable } = useSymbols();
  const row = page.list.cursor();
  const right = row ? `row ${grouped(row.id)}` : '';
  const filter = query.only === 'all' ? '' : ` ${filterWords[query.only]}`;
  const label = ' by or to ';
  const room = Math.max(0, width - widthOf(filter) - widthOf(right) - label.length - 2);
  const user = query.user ? printable(query.user.username, unprintable) : '';
  return (
    <Text wrap="truncate">
      {filter}
      {typing || user ? label : ' '.repeat(label.length)}
      {typing ? <FieldValue input={typing} masked={false} hasFocus room={room} /> : fit(user, room + 1, cut)}
      {` ${right}`}
    </Text>
  );
};
