import { useMemo } from 'react';
import { doorName, lastSeen, sessionPlace } from '../accounts/session-words.ts';
import type { OpenSession } from '../store/session-lists.ts';
import { minute, printable } from '../text.ts';
import type { Console } from './console.ts';
import { Frame } from './frame.tsx';
import { sessionsKeys } from './keymap-records.ts';
import type { Size } from './layer.ts';
import { useObservable } from './observable.ts';
import { gapsOf, type RowColumn, RowTable } from './row-table.tsx';
import { isOwn, type SessionsPage } from './sessions-page.ts';

const leastName = 16;
const mostName = 64;

/** In order of importance: what has no room is left out from the end. */
const columns: readonly RowColumn<OpenSession>[] = [
  { title: 'Door', width: 7, text: doorName },
  { title: 'From', width: 15, text: sessionPlace },
  { title: 'Since', width: 16, text: ({ createdAt }) => minute(createdAt) },
  { title: 'Last seen', width: 16, text: session => minute(lastSeen(session)) },
  { title: 'Expires', width: 16, text: ({ expiresAt }) => (expiresAt ? minute(expiresAt) : 'never') },
];

/** Which columns a terminal of this width shows; the username takes what is left, and the place what it leaves. */
const planOf = (width: number): RowColumn<OpenSession>[] => {
  const shown: RowColumn<OpenSession>[] = [];
  const roomFor = (others: readonly RowColumn<OpenSession>[]): number =>
    width - gapsOf(others.length + 1) - others.reduce((sum, column) => sum + column.width, 0);
  for (const column of columns) {
    if (roomFor([...shown, column]) < leastName) break;
    shown.push(column);
  }
  const name = Math.min(mostName, roomFor(shown));
  const left = roomFor(shown) - name;
  return [
    { title: 'Username', width: name, text: ({ username }, sign) => printable(username, sign) },
    ...shown.map(column => (column.title === 'From' ? { ...column, width: column.width + left } : column)),
  ];
};

type Props = { console: Console; page: SessionsPage; size: Size };

/** Who is signed in, a line for each session. */
export const SessionsView = ({ console, page, size }: Props) => {
  const { list, isRead } = useObservable(page.list.state);
  const plan = useMemo(() => planOf(size.columns), [size.columns]);
  return (
    <Frame console={console} size={size} title="Sessions" keymap={sessionsKeys}>
      <RowTable
        list={list}
        columns={plan}
        keyOf={({ id }) => id}
        remarkOf={session => (isOwn(console, session) ? 'here' : '')}
        empty={isRead ? 'Nobody is signed in.' : 'Reading...'}
      />
    </Frame>
  );
};
