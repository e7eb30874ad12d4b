import type { SignedIn } from '../accounts/sessions.ts';
import { userFilters } from '../store/user-filters.ts';
import { userSorts } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import { named } from '../text.ts';
import { createAdminBulk } from './admin-bulk.ts';
import { createAdminChanges, type UserAction } from './admin-changes.ts';
import { createAdminCommands } from './admin-commands.ts';
import { type AdminMarks, createAdminMarks } from './admin-marks.ts';
import { adminPageSpoken } from './admin-page-spoken.ts';
import { createAuditLayer } from './audit-view.tsx';
import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import { openDetails } from './details.tsx';
import { frameLines, onRoomChange } from './frame.tsx';
import { openHelp } from './help.tsx';
import { adminKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import { listMoves } from './list-moves.ts';
import { looksAlike } from './looks-alike.ts';
import type { Navigation } from './navigation.ts';
import { type Derived, distinct, type Observable, observable } from './observable.ts';
import { createPace } from './pace.ts';
import type { Press } from './press.ts';
import { type Actions, runByKeys, screenActions } from './run-by-keys.ts';
import { openText } from './text-dialog.tsx';
import { edit, insert, type TextInput, textInput, valueOfInput } from './text-input.ts';
import { createUserList, type UserList, type UserListState } from './user-list.ts';
import { isNewsTo } from './user-news.ts';
import type { Flag } from './user-table.tsx';

export type Search = { typing: boolean; input: TextInput };
type Action = keyof typeof adminKeys;

export type AdminPage = Omit<Layer, 'view'> & {
  readonly list: UserList;
  /** What is drawn of the list. */
  readonly shown: Derived<UserListState>;
  readonly chosenFlag: Observable<Flag>;
  readonly search: Observable<Search>;
  readonly marks: AdminMarks['state'];
  /** Reads the first users. */
  start: () => Promise<void>;
};

/** Lines of the page that are no users: the frame, the line of search and position, the heads of the columns. */
const listHeight = (console: Console, { rows }: Size): number => Math.max(1, rows - frameLines(console) - 2);

/** What the Admin Page remembers and what its keys do. */
export const createAdminPage = (console: Console, go: Navigation, signedIn: SignedIn): AdminPage => {
  const { accounts } = console;
  const { actor } = signedIn;
  const chosenFlag = observable<Flag>('isActive');
  const search = observable<Search>({ typing: false, input: textInput() });
  const list = createUserList({
    console,
    users: accounts.users,
    actor,
    height: listHeight(console, console.size.get()),
  });
  const showAll = (): void => {
    search.set({ typing: false, input: textInput() });
    list.ask({ ...list.state.get().query, search: undefined, filter: undefined });
  };
  const changes = createAdminChanges({ console, actor, list, showAll });
  const marks = createAdminMarks({ console, actor, list });
  const bulk = createAdminBulk({ console, actor, list, marks });
  const pageHeight = (): number => list.state.get().list.height;

  const ask = (input: TextInput, typing = false): void => {
    search.set({ typing, input });
    const { query } = list.state.get();
    const wanted = valueOfInput(input) || undefined;
    if (wanted !== query.search) list.ask({ ...query, search: wanted });
  };

  const openHistory = (user: User): void => {
    const history = createAuditLayer({ console, go, signedIn, user, leave: () => console.close(history) });
    console.open(history);
  };

  /** What is done with the user under the cursor. */
  const ofUser = {
    details: user => openDetails({ console, actor, list, opened: user, changes, openHistory }),
    edit: changes.edit,
    resetPassword: changes.resetPassword,
    why: user =>
      void console.attempt(async () =>
        openText(console, 'Signing in', await accounts.users.whySignIn(actor, list.latest(user))),
      ),
    unlock: changes.unlock,
    copy: user => copyToClipboard(console, user.username),
  } satisfies Partial<Record<Action, (user: User) => void>>;
  /** What is done with all marked users, where there are any. */
  const ofMarked = {
    toggle: chosenFlag.get,
    toggleActive: () => 'isActive',
    toggleSuperuser: () => 'isSuperuser',
    remove: () => 'remove',
  } as const satisfies Partial<Record<Action, () => UserAction>>;
  const isPlanned = (action: Action): boolean => action in ofMarked && marks.has();
  /** What a rule may forbid. */
  const asked: Partial<Record<Action, () => UserAction>> = {
    ...ofMarked,
    edit: () => 'edit',
    resetPassword: () => 'resetPassword',
  };
  const onMarked = (wish: () => Flag | 'remove') => (): void => {
    const user = list.cursor();
    const wished = wish();
    if (marks.has()) bulk.ask(wished);
    else if (user && wished === 'remove') changes.remove(user);
    else if (user && wished !== 'remove') changes.toggle(user, wished);
  };

  const everywhere = screenActions(console, () => openHelp(console, keys));
  const actions: Actions<Action> = {
    ...everywhere.actions,
    ...withUser(list, ofUser),
    ...mapped(ofMarked, onMarked),
    newUser: changes.add,
    ...listMoves(list, pageHeight),
    audit: go.audit,
    left: () => chosenFlag.set('isActive'),
    right: () => chosenFlag.set('isSuperuser'),
    search: () => search.set({ ...search.get(), typing: true }),
    mark: marks.toggle,
    markRange: marks.range,
    markAll: marks.all,
    filter: () => {
      const { query } = list.state.get();
      list.ask({ ...query, filter: following([undefined, ...userFilters], query.filter) });
    },
    sort: () => {
      const { query } = list.state.get();
      list.ask({ ...query, sort: following(userSorts, query.sort) ?? 'username' });
    },
    reverse: () => {
      const { query } = list.state.get();
      list.ask({ ...query, order: query.order === 'asc' ? 'desc' : 'asc' });
    },
    menu: go.menu,
    refresh: () => void list.refresh(),
    back: () => {
      const { query } = list.state.get();
      if (query.search) ask(textInput());
      else if (query.filter) list.ask({ ...query, filter: undefined });
      else marks.clear();
    },
  };
  const whyNot = (action: Action): string | undefined => {
    if (isPlanned(action)) return undefined;
    const isMarking = action === 'mark' || action === 'markRange';
    if (!(action in ofUser || action in ofMarked || isMarking)) return everywhere.whyNot(action);
    const user = list.cursor();
    if (!user) return 'There is no user here';
    if (isMarking) return marks.whyNot(user);
    const wanted = asked[action]?.();
    return wanted && changes.whyNot(user, wanted);
  };

  const typeSearch = (press: Press): void => {
    const { input } = search.get();
    if (press.name === 'enter') search.set({ typing: false, input });
    else if (press.name === 'esc') ask(textInput());
    else if (press.name === 'up' || press.name === 'down') list.move(press.name === 'up' ? -1 : 1);
    else ask(edit(input, press), true);
  };

  const { command, instead } = createAdminCommands({ console, list, isPlanned, chosenFlag });
  const keys = {
    ...runByKeys(console, adminKeys, actions, whyNot, command),
    instead: (action: string) => instead(action as Action),
  };
  const pace = createPace(async () => {
    const answered = await Promise.all([list.refresh(), marks.recheck()]);
    return answered.every(Boolean);
  });
  const unsubscribe = [
    onRoomChange(console, () => list.resize(listHeight(console, console.size.get()))),
    accounts.onChange(change => isNewsTo(list, change, accounts.users) && pace.hear()),
    list.onGone((gone, isDoneHere) => {
      // What was done here has been told of.
      if (!isDoneHere)
        console.say({ kind: 'note', text: `${named(gone.username)} is no longer in this list` });
    }),
  ];
  return {
    ...keys,
    covers: true,
    list,
    shown: distinct(list.state, looksAlike),
    chosenFlag,
    search,
    marks: marks.state,
    spoken: adminPageSpoken(console, { list, search, chosenFlag, marks: marks.state }),
    press: press => (search.get().typing ? typeSearch(press) : keys.press(press)),
    paste: text => {
      const { typing, input } = search.get();
      if (typing) ask(insert(input, text), true);
    },
    // Typing a search never waits for the store.
    settling: () =>
      search.get().typing
        ? undefined
        : (pace.settling() ?? list.settling() ?? changes.settling() ?? marks.settling() ?? bulk.settling()),
    seen: pace.seen,
    start: list.start,
    close: () => {
      for (const stop of unsubscribe) stop();
      pace.close();
      list.close();
    },
  };
};

/** Actions on a user as actions on the one under the cursor. */
const withUser = <Name extends string>(
  list: Pick<UserList, 'cursor'>,
  actions: Record<Name, (user: User) => void>,
): Record<Name, () => void> =>
  mapped(actions, work => () => {
    const user = list.cursor();
    if (user) work(user);
  });

const mapped = <Name extends string, From, To>(
  all: Record<Name, From>,
  change: (one: From) => To,
): Record<Name, To> =>
  Object.fromEntries(Object.entries<From>(all).map(([name, one]) => [name, change(one)])) as Record<Name, To>;

/** The one after a value, the first after the last. */
const following = <T>(all: readonly T[], value: T): T | undefined =>
  all[(all.indexOf(value) + 1) % all.length];
