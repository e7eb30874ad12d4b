import type { ArgumentsCamelCase, Argv } from 'yargs';
import { keysStay } from '../../accounts/ssh-key-words.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';
import { newPassword, type PasswordFlags, passwordOptions, showGenerated } from './password.ts';

type Flags = ChangeFlags & PasswordFlags & { mustChange: boolean };

export const builder = <T>(yargs: Argv<T>) =>
  passwordOptions(yargs)
    .option('must-change', {
      type: 'boolean',
      default: true,
      describe: 'have it choose another one at the next sign-in; --no-must-change if not',
    })
    .example('$0 users passwd ada', 'asks for a password for the next sign-in')
    .example('$0 users passwd ada --no-must-change', 'asks for one that stays')
    .example('$0 users passwd ada --generate', 'shows a random password once');

export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> =>
  changeUser(flags, async ({ accounts, operator, settings }) => {
    const seen = await accounts.users.findByName(operator, flags.name);
    const password = await newPassword(flags, seen.username, settings.passwordMinLength);
    const edit = { password, mustChangePassword: flags.mustChange };
    const user = await accounts.users.change(operator, seen.id, edit, seen);
    showGenerated(flags, password);
    const until = user.mustChangePassword ? ', which has to be changed at the next sign-in' : '';
    const stay = keysStay(await accounts.sshKeys.list(operator, seen.id));
    return { user, said: `${shown(user)} has a new password${until}; all its sessions have ended${stay}` };
  });
