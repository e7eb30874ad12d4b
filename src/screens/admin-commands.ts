import { wishes } from './admin-changes.ts';
import { asCommand, listCommand, recordsCommand } from './as-command.ts';
import type { Console } from './console.ts';
import type { adminKeys } from './keymap.ts';
import type { Observable } from './observable.ts';
import type { UserList } from './user-list.ts';
import type { Flag } from './user-table.tsx';

type Action = keyof typeof adminKeys;

export type AdminCommandsOptions = {
  console: Console;
  list: UserList;
  /** Whether it is done with all marked users now: what that is only its plan knows. */
  isPlanned: (action: Action) => boolean;
  chosenFlag: Observable<Flag>;
};

/** The commands that do what the keys of the Admin Page do. */
export const createAdminCommands = ({ console, list, isPlanned, chosenFlag }: AdminCommandsOptions) => {
  const ofUser = (action: string, options: readonly string[] = []): string | undefined => {
    const user = list.cursor();
    return user && asCommand(console, action, { names: [user.username], options });
  };
  const toggling = (flag: Flag): string | undefined => {
    const user = list.cursor();
    return user && ofUser(wishes[flag](user));
  };
  const listed = () => listCommand(console, list.state.get().query);
  const commands: Partial<Record<Action, () => string | undefined>> = {
    details: () => ofUser('show'),
    why: () => ofUser('show'),
    toggleActive: () => toggling('isActive'),
    toggleSuperuser: () => toggling('isSuperuser'),
    toggle: () => toggling(chosenFlag.get()),
    remove: () => ofUser('delete'),
    edit: () => ofUser('edit', ['--username', 'NEW_NAME']),
    resetPassword: () => ofUser('passwd'),
    unlock: () => ofUser('unlock'),
    newUser: () => asCommand(console, 'add', { names: ['NAME'] }),
    search: listed,
    filter: listed,
    sort: listed,
    reverse: listed,
    refresh: listed,
    audit: () => recordsCommand(console, ['audit', 'list']),
  };
  return {
    command: (action: Action): string | undefined => (isPlanned(action) ? undefined : commands[action]?.()),
    /** Where else the command is found. */
    instead: (action: Action): string | undefined =>
      isPlanned(action) ? 'c in the dialog of the marked users shows the command' : undefined,
  };
};
