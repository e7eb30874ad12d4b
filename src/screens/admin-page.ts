import type { SignedIn } from '../accounts/sessions.ts';
import { type UserSort, userSorts } from '../store/user-order.ts';
import type { User } from '../store/users.ts';
import { printable } from '../text.ts';
import { createAdminChanges } from './admin-changes.ts';
import { copyToClipboard } from './clipboard.ts';
import { type Actions, type Console, runByKeys } from './console.ts';
import { openDetails } from './details.tsx';
import { frameLines } from './frame.tsx';
import { openHelp } from './help.tsx';
import { adminKeys } from './keymap.ts';
import type { Layer, Size } from './layer.ts';
import type { Navigation } from './navigation.ts';
import { type Observable, observable } from './observable.ts';
import type { Press } from './press.ts';
import { openText } from './text-dialog.tsx';
import { edit, insert, type TextInput, textInput, valueOfInput } from './text-input.ts';
import { createUserList, type UserList } from './user-list.ts';
import type { Flag } from './user-table.tsx';

export type Search = { typing: boolean; input: TextInput };

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
  const { accounts, host } = console;
  const chosenFlag = observable<Flag>('isActive');
  const search = observable<Search>({ typing: false, input: textInput() });
  const list = createUserList({
    console,
    users: accounts.users,
    actor,
    height: listHeight(console, console.size.get()),
    onGone: gone =>
      console.say({ kind: 'note', text: `${printable(gone.username)} is no longer in this list` }),
  });
  const changes = createAdminChanges({ console, actor, list, clearSearch: () => ask(textInput()) });
  const pageHeight = (): number => list.state.get().list.height;
  const withUser = (work: (user: User) => void) => (): void => {
    const user = list.cursor();
    if (user) work(user);
  };

  const ask = (input: TextInput, typing = false): void => {
    search.set({ typing, input });
    const { query } = list.state.get();
    const wanted = valueOfInput(input) || undefined;
    if (wanted !== query.search) list.ask({ ...query, search: wanted });
  };
  const sortBy = (change: { sort?: UserSort; order?: 'asc' | 'desc' }): void =>
    list.ask({ ...list.state.get().query, ...change });

  const actions: Actions<keyof typeof adminKeys> = {
    toggle: withUser(user => changes.toggle(user, chosenFlag.get())),
    toggleActive: withUser(user => changes.toggle(user, 'isActive')),
    toggleSuperuser: withUser(user => changes.toggle(user, 'isSuperuser')),
    newUser: changes.add,
    details: withUser(user => openDetails(console, list, user, changes)),
    edit: withUser(changes.edit),
    resetPassword: withUser(changes.resetPassword),
    remove: withUser(changes.remove),
    undo: () => console.message.get()?.undo?.(),
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
    why: withUser(user => openText(console, 'Signing in', accounts.whySignIn(user))),
    copy: withUser(user => copyToClipboard(console, user.username)),
    menu: go.menu,
    refresh: () => void list.refresh(),
    help: () => openHelp(console, keys),
    redraw: host.redraw,
    suspend: () => console.suspending.set(true),
    back: () => ask(textInput()),
    quit: () => host.quit(),
  };
  const needsUser = new Set([
    'toggle',
    'toggleActive',
    'toggleSuperuser',
    'details',
    'edit',
    'resetPassword',
    'remove',
    'why',
    'copy',
  ]);
  const whyNot = (action: keyof typeof adminKeys): string | undefined => {
    if (action === 'undo' && !console.message.get()?.undo) return 'There is nothing to undo';
    if (action === 'suspend' && !host.stop)
      return 'This session cannot be suspended: no shell would bring it back';
    return needsUser.has(action) && !list.cursor() ? 'There is no user here' : undefined;
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
  ];
  return {
    ...keys,
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
