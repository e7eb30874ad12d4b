import type { Argv } from 'yargs';
import { sessionJson } from '../../accounts/session-json.ts';
import { doorName, lastSeen, sessionPlace } from '../../accounts/session-words.ts';
import { dashed } from '../../accounts/user-json.ts';
import type { OpenSession } from '../../store/session-lists.ts';
import { fit, minute, printable, widthOf } from '../../text.ts';
import { json, outputOf } from '../output.ts';
import { type CommonFlags, withWorldOf } from '../with-world.ts';

type Flags = CommonFlags & { user?: string; json: boolean };

/** Sessions read at a time, however many there are. */
const pageSize = 1000;

export const builder = (yargs: Argv) =>
  yargs
    .option('user', { type: 'string', requiresArg: true, describe: 'only the sessions of this user' })
    .example('$0 sessions list --json', 'all of them, for a script');

/** Lists the sessions that are open. Throws no_user_named. */
export const handler = (flags: Flags): Promise<void> =>
  withWorldOf(flags, { create: false }, async ({ accounts, operator }) => {
    const { note, resultPart } = outputOf(flags);
    const { user: name } = flags;
    const userId = name === undefined ? undefined : (await accounts.users.findByName(operator, name)).id;
    const { head, rows, tail } = flags.json ? jsonText() : tableText();
    if (!(await resultPart(head))) return;
    for (let last: OpenSession | undefined; ; ) {
      const place = { limit: pageSize, ...(last && { before: last }) };
      const page = await accounts.sessions.page(operator, { userId }, place);
      if (page.length > 0 && !(await resultPart(rows(page)))) return;
      if (!last && page.length === 0 && !flags.json) note('Nobody is signed in');
      if (page.length < pageSize) break;
      last = page.at(-1);
    }
    await resultPart(tail);
  });

/** A list as text, page by page. */
type ListText = { head: string; rows: (sessions: readonly OpenSession[]) => string; tail: string };

/** One document. */
const jsonText = (): ListText => {
  let separator = '';
  const row = (session: OpenSession): string => {
    const text = `${separator}\n    ${json(sessionJson(session), 0)}`;
    separator = ',';
    return text;
  };
  return { head: '{\n  "sessions": [', rows: sessions => sessions.map(row).join(''), tail: '\n  ]\n}\n' };
};

const headings = [
  'ID',
  'USERNAME',
  'DOOR',
  'SINCE (UTC)',
  'LAST SEEN (UTC)',
  'EXPIRES (UTC)',
  'FROM',
] as const;

const tableText = (): ListText => {
  let nameWidth = 0;
  return {
    head: '',
    rows: sessions => {
      const lines = sessions.map(cellsOf);
      if (nameWidth === 0) {
        lines.unshift(headings);
        nameWidth = Math.max(...lines.map(([, name = '']) => widthOf(name)));
      }
      return lines.map(cells => line(cells, nameWidth)).join('');
    },
    tail: '',
  };
};

const cellsOf = (session: OpenSession): readonly string[] => [
  dashed(session.id),
  printable(session.username),
  doorName(session),
  minute(session.createdAt),
  minute(lastSeen(session)),
  session.expiresAt ? minute(session.expiresAt) : 'never',
  sessionPlace(session),
];

const widths = [36, 0, 7, 16, 16, 16, 0] as const;

const line = (cells: readonly string[], nameWidth: number): string => {
  // A later page may hold a longer name: its line is longer then, and nothing is cut.
  const padded = cells.map((cell, at) =>
    fit(cell, Math.max(widthOf(cell), at === 1 ? nameWidth : (widths[at] ?? 0))),
  );
  return `${padded.join('  ').trimEnd()}\n`;
};
