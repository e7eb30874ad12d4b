import type { SignedIn } from '../accounts/sessions.ts';
import { type AuditFilter, type AuditRow, beforeFirst } from '../store/audit.ts';
import { touches } from '../store/touched.ts';
import type { User } from '../store/users.ts';
import { option, recordsCommand } from './as-command.ts';
import { openAuditRow } from './audit-row.tsx';
import { auditSpoken } from './audit-spoken.ts';
import { createVerification } from './audit-verification.ts';
import type { Console } from './console.ts';
import { frameLines, onRoomChange } from './frame.tsx';
import { openHelp } from './help.tsx';
import { auditKeys } from './keymap-records.ts';
import type { Layer } from './layer.ts';
import { listMoves } from './list-moves.ts';
import type { Navigation } from './navigation.ts';
import { type Observable, observable } from './observable.ts';
import { createPace } from './pace.ts';
import type { Press } from './press.ts';
import { createRowList, type RowList, type RowsWhere } from './row-list.ts';
import { runByKeys, screenActions } from './run-by-keys.ts';
import { edit, insert, type TextInput, textInput, valueOfInput } from './text-input.ts';

/** What of the audit is shown. */
export const auditFilters = ['all', 'sign-ins', 'changes', 'refused'] as const;
export type AuditQuery = {
  only: (typeof auditFilters)[number];
  /** By whom or to whom. */
  user?: Pick<User, 'id' | 'username'> | undefined;
};

export type AuditList = RowList<AuditRow, AuditQuery>;
export type AuditPage = Omit<Layer, 'view'> & {
  readonly list: AuditList;
  /** The username that is being typed; undefined where none is. */
  readonly typing: Observable<TextInput | undefined>;
};

export type AuditPageOptions = {
  console: Console;
  go: Navigation;
  signedIn: SignedIn;
  /** Whose history it is opened with; everybody's where it is not given. */
  user?: AuditQuery['user'];
  /** Goes back to where it was opened. */
  leave: () => void;
};

/** Lines of the screen that are no rows: the frame, the line of the filter, the heads of the columns. */
const otherLines = (console: Console): number => frameLines(console) + 2;

const filters: Record<AuditQuery['only'], AuditFilter> = {
  all: {},
  'sign-ins': { kind: 'sign_ins' },
  changes: { kind: 'changes' },
  refused: { refused: true },
};

/** What happened, the newest first. */
export const createAuditPage = ({ console, go, signedIn, user, leave }: AuditPageOptions): AuditPage => {
  const { actor } = signedIn;
  const { accounts } = console;
  const height = (): number => Math.max(1, console.size.get().rows - otherLines(console));
  const typing = observable<TextInput | undefined>(undefined);
  const opened: AuditQuery = { only: 'all', user };
  const list: AuditList = createRowList<AuditRow, AuditQuery>({
    console,
    keyOf: ({ id }) => id,
    query: opened,
    height: height(),
    read: async (query, where, limit, signal) => {
      const place = placeOf(where);
      const filter = { ...filters[query.only], userId: query.user?.id };
      const rows = await accounts.audit.page(actor, filter, { ...place, limit }, signal);
      return 'after' in place ? rows.reverse() : rows;
    },
  });
  const queryNow = (): AuditQuery => list.state.get().query;
  const verification = createVerification(console, actor);

  let finding: Promise<void> | undefined;
  /** Shows the rows of the user of that name. A name that nobody has or had stays to be mended. */
  const find = (username: string): void => {
    const turn = console
      .attempt(async () => {
        const user = await accounts.audit.userNamed(actor, username);
        typing.set(undefined);
        list.ask({ ...queryNow(), user });
      })
      .finally(() => {
        if (finding === turn) finding = undefined;
      });
    finding = turn;
  };
  const showEverybody = (): void => {
    typing.set(undefined);
    if (queryNow().user) list.ask({ ...queryNow(), user: undefined });
  };
  const typeName = (press: Press, input: TextInput): void => {
    const name = valueOfInput(input);
    if (press.name === 'esc' || (press.name === 'enter' && name === '')) showEverybody();
    else if (press.name === 'enter') find(name);
    else typing.set(edit(input, press));
  };

  const everywhere = screenActions(console, () => openHelp(console, keys));
  const keys = runByKeys(
    console,
    auditKeys,
    {
      ...everywhere.actions,
      ...listMoves(list, () => list.state.get().list.height),
      details: () => {
        const row = list.cursor();
        if (row) openAuditRow(console, row);
      },
      filter: () => {
        const next = auditFilters[auditFilters.indexOf(queryNow().only) + 1] ?? 'all';
        list.ask({ ...queryNow(), only: next });
      },
      search: () => typing.set(textInput(queryNow().user?.username)),
      verify: verification.start,
      menu: go.menu,
      refresh: () => void list.refresh(),
      back: () => {
        const { only, user: shown } = queryNow();
        if (only !== opened.only || shown?.id !== opened.user?.id) list.ask(opened);
        else leave();
      },
    },
    action => {
      if (action === 'details' && !list.cursor()) return 'There is no row here';
      if (action === 'verify') return verification.whyNot();
      return everywhere.whyNot(action);
    },
    action => {
      if (action === 'verify') return recordsCommand(console, ['audit', 'verify']);
      const isListed = action === 'refresh' || action === 'filter' || action === 'search';
      return isListed ? listCommand(console, queryNow()) : undefined;
    },
  );
  const pace = createPace(list.refresh);
  const unsubscribe = [
    onRoomChange(console, () => list.resize(height())),
    accounts.onChange(change => touches(change, 'audit') && pace.hear()),
  ];
  return {
    ...keys,
    covers: true,
    list,
    typing,
    press: press => {
      const input = typing.get();
      if (input) typeName(press, input);
      else keys.press(press);
    },
    paste: text => typing.update(input => input && insert(input, text)),
    settling: () => finding ?? pace.settling() ?? list.settling(),
    seen: pace.seen,
    spoken: auditSpoken(console, { list, typing }),
    close: () => {
      for (const stop of unsubscribe) stop();
      pace.close();
      verification.close();
      list.close();
    },
  };
};

/** A place of the list as the store has it: the list begins with the newest. */
const placeOf = (where: RowsWhere<AuditRow>) => {
  if (where === 'start') return {};
  if (where === 'end') return { after: beforeFirst };
  if ('above' in where) return { after: where.above.id };
  return { before: 'below' in where ? where.below.id : where.from.id + 1 };
};

/** The command has no word for the kinds of what was done. */
const listCommand = (console: Console, { only, user }: AuditQuery): string | undefined =>
  only === 'sign-ins' || only === 'changes'
    ? undefined
    : recordsCommand(console, [
        'audit',
        'list',
        ...(user ? option('user', user.username) : []),
        ...(only === 'refused' ? ['--refused'] : []),
      ]);
