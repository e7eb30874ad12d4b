import type { SignedIn } from '../accounts/sessions.ts';
import { type UserSort, userSorts } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import { named } from '../text.ts';
import { createAdminChanges, type UserAction } from './admin-changes.ts';
import { copyToClipboard } from './clipboard.ts';
import type { Console } from './console.ts';
import { openDetails } from './details.tsx';
import { frameLines } from './frame.tsx';
import { openHelp } from './help.tsx';
import { adminKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import type { Navigation } from './navigation.ts';
import { type Observable, observable } from './observable.ts';
import type { Press } from './press.ts';
import { type Actions, runByKeys, screenActions } from './run-by-keys.ts';
import { openText } from './text-dialog.tsx';
import { edit, insert, type TextInput, textInput, valueOfInput } from './text-input.ts';
import { createUserList, type UserList } from './user-list.ts';
import type { Flag } from './user-table.tsx';

export type Search = { typing: boolean; input: TextInput };
type Action = keyof typeof adminKeys;

export type AdminPage = Omit<Layer, 'view'> & {
  readonly list: UserList;
  readonly chosenFlag: Observable<Flag>;
  readonly search: Observable<Search>;
  /** Reads the first users. */
  start: () => Promise<void>;
};

/** Lines of the page that are no users: the frame, the line of search and position, the heads of the columns. */
const listHeight = (console: Console, { rows }: Size): number => Math.max(1, rows - frameLines(console) - 2);

/** What the Admin Page remembers and what its keys do. */
export const createAdminPage = (console: Console, go: Navigation, { actor }: SignedIn): AdminPage => {
  const { accounts } = console;
  const chosenFlag = observable<Flag>('isActive');
  const search = observable<Search>({ typing: false, input: textInput() });
  const list = createUserList({
    console,
    users: accounts.users,
    actor,
    height: listHeight(console, console.size.get()),
  });
  const changes = createAdminChanges({ console, actor, list, clearSearch: () => ask(textInput()) });
  const pageHeight = (): number => list.state.get().list.height;

  const ask = (input: TextInput, typing = false): void => {
    search.set({ typing, input });
    const { query } = list.state.get();
    const wanted = valueOfInput(input) || undefined;
    if (wanted !== query.search) list.ask({ ...query, search: wanted });
  };
  const sortBy = (change: { sort?: UserSort; order?: 'asc' | 'desc' }): void =>
    list.ask({ ...list.state.get().query, ...change });

  /** What is done with the user under the cursor. */
  const ofUser = {
    toggle: user => changes.toggle(user, chosenFlag.get()),
    toggleActive: user => changes.toggle(user, 'isActive'),
    toggleSuperuser: user => changes.toggle(user, 'isSuperuser'),
    details: user => openDetails(console, list, user, changes),
    edit: changes.edit,
    resetPassword: changes.resetPassword,
    remove: changes.remove,
    why: user => openText(console, 'Signing in', accounts.whySignIn(user)),
    copy: user => copyToClipboard(console, user.username),
  } satisfies Partial<Record<Action, (user: User) => void>>;
  /** Those that a rule may forbid. */
  const asked: Partial<Record<Action, () => UserAction>> = {
    toggle: chosenFlag.get,
    toggleActive: () => 'isActive',
    toggleSuperuser: () => 'isSuperuser',
    edit: () => 'edit',
    resetPassword: () => 'resetPassword',
    remove: () => 'remove',
  };

  const everywhere = screenActions(console, () => openHelp(console, keys));
  const actions: Actions<Action> = {
    ...everywhere.actions,
    ...withUser(list, ofUser),
    newUser: changes.add,
    up: () => list.move(-1),
    down: () => list.move(1),
    pageUp: () => list.move(-pageHeight()),
    pageDown: () => list.move(pageHeight()),
    first: () => list.jump('start'),
    last: () => list.jump('end'),
    left: () => chosenFlag.set('isActive'),
    right: () => chosenFlag.set('isSuperuser'),
    search: () => search.set({ ...search.get(), typing: true }),
    sort: () => {
      const { sort } = list.state.get().query;
      sortBy({ sort: userSorts[(userSorts.indexOf(sort) + 1) % userSorts.length] ?? 'username' });
    },
    reverse: () => sortBy({ order: list.state.get().query.order === 'asc' ? 'desc' : 'asc' }),
    menu: go.menu,
    refresh: () => void list.refresh(),
    back: () => ask(textInput()),
  };
  const whyNot = (action: Action): string | undefined => {
    if (!(action in ofUser)) return everywhere.whyNot(action);
    const user = list.cursor();
    if (!user) return 'There is no user here';
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

  const keys = runByKeys(console, adminKeys, actions, whyNot);
  const unsubscribe = [
    console.size.subscribe(() => list.resize(listHeight(console, console.size.get()))),
    accounts.onChange(() => void list.refresh()),
    list.onGone(gone => {
      // Whoever deletes a user here says so.
      if (list.leaving.has(gone.id)) return;
      console.say({ kind: 'note', text: `${named(gone.username)} is no longer in this list` });
    }),
  ];
  return {
    ...keys,
    covers: true,
    list,
    chosenFlag,
    search,
    press: press => (search.get().typing ? typeSearch(press) : keys.press(press)),
    paste: text => {
      const { typing, input } = search.get();
      if (typing) ask(insert(input, text), true);
    },
    // Typing a search never waits for the store.
    settling: () => (search.get().typing ? undefined : (list.settling() ?? changes.settling())),
    start: list.start,
    close: () => {
      for (const stop of unsubscribe) stop();
      list.close();
    },
  };
};

/** Actions on a user as actions on the one under the cursor. */
const withUser = <Name extends string>(
  list: Pick<UserList, 'cursor'>,
  actions: Record<Name, (user: User) => void>,
): Record<Name, () => void> => {
  const onCursor = (work: (user: User) => void) => (): void => {
    const user = list.cursor();
    if (user) work(user);
  };
  const entries = Object.entries<(user: User) => void>(actions).map(([name, work]) => [name, onCursor(work)]);
  return Object.fromEntries(entries) as Record<Name, () => void>;
};
