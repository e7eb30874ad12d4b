import type { UserEdit } from '../../accounts/apply-edit.ts';
import { usersCommand } from '../../text.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';

const actions = {
  activate: { edit: { isActive: true }, done: 'can sign in now', already: 'could sign in already' },
  deactivate: {
    edit: { isActive: false },
    done: 'cannot sign in any more',
    already: 'could not sign in already',
  },
  promote: { edit: { isSuperuser: true }, done: 'is a superuser now', already: 'was a superuser already' },
  demote: {
    edit: { isSuperuser: false },
    done: 'is no superuser any more',
    already: 'was no superuser already',
  },
} as const satisfies Record<string, { edit: UserEdit; done: string; already: string }>;

/** activate, deactivate, promote, demote: sets one flag of a user. */
export const handler = (action: keyof typeof actions, flags: ChangeFlags): Promise<void> =>
  changeUser(flags, async ({ accounts, operator }) => {
    const { edit, done, already } = actions[action];
    const seen = await accounts.users.findByName(operator, flags.name);
    const user = await accounts.users.change(operator, seen.id, edit, seen);
    const said = `${shown(user)} ${user.version === seen.version ? already : done}`;
    if (action !== 'promote' || user.isActive) return { user, said };
    const activate = usersCommand('activate', [user.username]);
    return { user, said: `${said}, but cannot sign in. To let it: ${activate}` };
  });
