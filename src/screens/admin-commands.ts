import type { BulkAction } from '../accounts/bulk-plan.ts';
import type { User } from '../store/users.ts';
import type { AdminMarks } from './admin-marks.ts';
import { asCommand, listCommand, markedCommand } from './as-command.ts';
import type { Console } from './console.ts';
import type { adminKeys } from './keymap.ts';
import { hasMarks } from './marks.ts';
import type { Observable } from './observable.ts';
import type { UserList } from './user-list.ts';
import type { Flag } from './user-table.tsx';

type Action = keyof typeof adminKeys;

export type AdminCommandsOptions = {
  console: Console;
  list: UserList;
  marks: AdminMarks['state'];
  chosenFlag: Observable<Flag>;
};

/** What sets a flag to the other value. */
export const toggleAction = (user: User, flag: Flag): BulkAction => {
  if (flag === 'isActive') return user.isActive ? 'deactivate' : 'activate';
  return user.isSuperuser ? 'demote' : 'promote';
};

/** The commands that do what the keys of the Admin Page do. */
export const createAdminCommands = ({ console, list, marks, chosenFlag }: AdminCommandsOptions) => {
  const ofUser = (action: string, options: readonly string[] = []): string | undefined => {
    const user = list.cursor();
    return user && asCommand(console, action, { names: [user.username], options });
  };
  const ofMarked = (actionFor: (user: User) => BulkAction): string | undefined => {
    const user = list.cursor();
    if (!user) return undefined;
    const action = actionFor(user);
    return hasMarks(marks.get()) ? markedCommand(console, action, marks.get()) : ofUser(action);
  };
  const toggling = (flag: Flag) => ofMarked(user => toggleAction(user, flag));
  const listed = () => listCommand(console, list.state.get().query);
  const commands: Partial<Record<Action, () => string | undefined>> = {
    details: () => ofUser('show'),
    why: () => ofUser('show'),
    toggleActive: () => toggling('isActive'),
    toggleSuperuser: () => toggling('isSuperuser'),
    toggle: () => toggling(chosenFlag.get()),
    remove: () => ofMarked(() => 'delete'),
    edit: () => ofUser('edit', ['--username', 'NEW_NAME']),
    resetPassword: () => ofUser('passwd'),
    newUser: () => asCommand(console, 'add', { names: ['NAME'] }),
    search: listed,
    filter: listed,
    sort: listed,
    reverse: listed,
    refresh: listed,
  };
  return (action: Action): string | undefined => commands[action]?.();
};
