import { auditActor, auditPlace, auditSentence } from '../accounts/audit-words.ts';
import type { AuditRow } from '../store/audit.ts';
import { ago } from '../text.ts';
import type { AuditPage, AuditQuery } from './audit-page.ts';
import type { Console } from './console.ts';
import { type Derived, derived } from './observable.ts';
import { type Spoken, sentencesOf, spokenName, type Thing } from './spoken.ts';

/** What the filter shows, in a word or two. */
export const filterWords: Record<AuditQuery['only'], string> = {
  all: '',
  'sign-ins': 'only sign-ins',
  changes: 'only changes',
  refused: 'only what was refused',
};

/** The audit in sentences: the row under the cursor, and what is shown. */
export const auditSpoken = (
  { accounts }: Console,
  { list, typing }: Pick<AuditPage, 'list' | 'typing'>,
): Derived<Spoken> =>
  derived([list.state, typing], () => {
    const { list: held, query, isRead } = list.state.get();
    const input = typing.get();
    const chosen = list.cursor();
    const thingOf = (row: AuditRow): Thing => ({
      id: String(row.id),
      name: `${auditActor(row)} ${auditSentence(row)}`,
      more: [ago(row.at, accounts.clock()), auditPlace(row), `row ${row.id}`],
    });
    const shown = held.rows.slice(held.top, held.top + held.height).map(thingOf);
    return {
      title: 'Audit',
      news: {
        filter: query.only === 'all' ? 'Everything' : `Shows ${filterWords[query.only]}`,
        user: query.user ? `By or to ${spokenName(query.user.username)}` : 'By or to anybody',
        empty: isRead && !chosen ? 'There is nothing of that' : '',
      },
      focus: chosen && thingOf(chosen),
      field: input && {
        id: 'user',
        label: 'Username',
        hint: 'enter shows what this user did, escape shows everybody',
        input,
      },
      all: () => sentencesOf(shown, chosen && String(chosen.id)),
    };
  });
