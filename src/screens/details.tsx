import type { Actor } from '../accounts/actor.ts';
import { auditActor, auditSentenceOfTarget } from '../accounts/audit-words.ts';
import type { UserDetails } from '../accounts/list-users.ts';
import { userFields } from '../accounts/user-fields.ts';
import { Refusal, wordsOf } from '../refusal.ts';
import type { AuditRow } from '../store/audit.ts';
import type { User } from '../store/users.ts';
import { fit, minute, printable } from '../text.ts';
import { type AdminChanges, type UserAction, wishes } from './admin-changes.ts';
import { answered } from './answered.ts';
import { asCommand, option, recordsCommand } from './as-command.ts';
import { copyToClipboard } from './clipboard.ts';
import { openCommand } from './command-dialog.tsx';
import type { Console } from './console.ts';
import { Dialog, dialogRoom, dialogWidth, Lines, linesOf } from './dialog.tsx';
import { openHelp } from './help.tsx';
import { detailsKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { derived, type Observable, observable, useObservable } from './observable.ts';
import { onceMore } from './once-more.ts';
import { createPace } from './pace.ts';
import { runByKeys, screenActions } from './run-by-keys.ts';
import { labelled, type Spoken, spokenName } from './spoken.ts';
import { useSymbols } from './symbols.ts';
import type { UserList } from './user-list.ts';

export type DetailsOptions = {
  console: Console;
  actor: Actor;
  list: UserList;
  opened: User;
  changes: AdminChanges;
  /** Opens the audit of the user. */
  openHistory: (user: User) => void;
};

/** Everything about a user, over the list; what can be done there can be done here. */
export const openDetails = ({ console, actor, list, opened, changes, openHistory }: DetailsOptions): void => {
  const everywhere = screenActions(console, () => openHelp(console, keys));
  // As the store holds it now: somebody else may change the user while it is looked at.
  const details = observable<UserDetails | undefined>(undefined);
  const read = onceMore(() =>
    answered(console, async () => {
      try {
        details.set(await console.accounts.users.details(actor, opened.id));
      } catch (error) {
        // The list says that the user has gone, and closes this.
        if (!(error instanceof Refusal) || error.code !== 'user_not_found') throw error;
      }
    }),
  );
  // What may have changed of it: folders, sessions, keys, its history, why it can sign in.
  const pace = createPace(read);
  const unsubscribe = [
    console.accounts.onChange(pace.hear),
    list.onGone(gone => {
      if (gone.id === opened.id) console.close(layer);
    }),
  ];
  /** What was read here may be newer than what the list holds. */
  const latest = (): User => list.latest(details.get()?.user ?? opened);
  const commandOf = (action: string, options: readonly string[] = []): string | undefined =>
    asCommand(console, action, { names: [latest().username], options });
  const commands: Partial<Record<keyof typeof detailsKeys, () => string | undefined>> = {
    edit: () => commandOf('edit', ['--username', 'NEW_NAME']),
    resetPassword: () => commandOf('passwd'),
    remove: () => commandOf('delete'),
    resetSecondStep: () => commandOf('mfa reset'),
    unlock: () => commandOf('unlock'),
    history: () => recordsCommand(console, ['audit', 'list', ...option('user', latest().username)]),
    command: () => commandOf('show'),
  };
  const keys = runByKeys(
    console,
    detailsKeys,
    {
      edit: () => changes.edit(latest()),
      resetPassword: () => changes.resetPassword(latest()),
      remove: () => changes.remove(latest()),
      resetSecondStep: () => changes.resetSecondStep(latest()),
      unlock: () => changes.unlock(latest()),
      copy: () => copyToClipboard(console, latest().username),
      undo: everywhere.actions.undo,
      history: () => openHistory(latest()),
      command: () => openCommand(console, { title: 'Show', command: commandOf('show') }),
      help: everywhere.actions.help,
      back: () => console.close(layer),
    },
    action => {
      if (action === 'resetSecondStep' && !details.get()?.oneTimeCodes) return wordsOf('one_time_codes_off');
      return action in wishes ? changes.whyNot(latest(), action as UserAction) : everywhere.whyNot(action);
    },
    action => commands[action]?.(),
  );
  const layer: Layer = {
    ...keys,
    view: size => <Details details={details} opened={opened} size={size} />,
    spoken: derived([details], () => detailsSpoken(opened, details.get())),
    seen: pace.seen,
    close: () => {
      for (const stop of unsubscribe) stop();
      pace.close();
    },
  };
  console.open(layer);
  void read();
};

const detailsSpoken = ({ username }: User, now: UserDetails | undefined): Spoken => {
  const title = `Details of ${spokenName(now?.user.username ?? username)}`;
  if (!now) return { title };
  const fields = userFields(now).map(([label, lines]) => [label, lines.join(', ')] as const);
  const history = now.history.map(row => historyLine(row)).join('. ');
  return { title, news: { ...labelled(Object.fromEntries(fields)), history, why: now.why.join(' ') } };
};

/** `2026-11-26 02:18 root changed Active no to yes`. */
const historyLine = (row: AuditRow, sign?: string): string =>
  `${printable(minute(row.at), sign)} ${auditActor(row, sign)} ${auditSentenceOfTarget(row, sign)}`;

const labelWidth = 12;

/** Takes lines from the longest fields until all of them have room: what is to be doubted stands below them. */
const shortened = (fields: ReturnType<typeof userFields>, room: number): ReturnType<typeof userFields> => {
  const shown = fields.map(([, values]) => values.length);
  for (let longest = Math.max(...shown); sum(shown) > room && longest > 1; longest = Math.max(...shown))
    shown[shown.indexOf(longest)] = longest - 1;
  return fields.map(([label, values], at) => [label, firstOf(values, shown[at] ?? 1)]);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

const firstOf = (values: string[], count: number): string[] => {
  if (count >= values.length) return values;
  return [...values.slice(0, count - 1), count === 1 ? 'several' : 'and more'];
};

type DetailsProps = { details: Observable<UserDetails | undefined>; opened: User; size: Size };

const Details = ({ details, opened, size }: DetailsProps) => {
  const now = useObservable(details);
  const { cut, unprintable } = useSymbols();
  if (!now)
    return (
      <Dialog size={size} title={opened.username} lines={1}>
        <Lines lines={['Reading...']} />
      </Dialog>
    );
  const why = linesOf(now.why, size);
  const all = userFields(now);
  const room = dialogRoom(size) - why.length - 1;
  // Each field keeps a line, and an empty one follows. One thing alone says less than the field that would be shortened.
  const left = room - all.length - 1;
  const history = now.history
    .slice(0, left > 1 ? left : 0)
    .map(row => fit(historyLine(row, unprintable), dialogWidth(size), cut));
  const below = history.length > 0 ? ['', ...history] : [];
  const fields = shortened(all, room - below.length).flatMap(([label, values]) =>
    values.map((value, at) => `${(at === 0 ? label : '').padEnd(labelWidth)}${value}`),
  );
  const lines = [...fields, ...below, '', ...why];
  return (
    <Dialog size={size} title={now.user.username} lines={lines.length}>
      <Lines lines={lines} />
    </Dialog>
  );
};
