import type { ArgumentsCamelCase, Argv } from 'yargs';
import { type ChangeFlags, changeUser, shown } from './common.ts';
import { newPassword, type PasswordFlags, passwordOptions, showGenerated } from './password.ts';

export const builder = <T>(yargs: Argv<T>) =>
  passwordOptions(yargs)
    .example('$0 users passwd ada', 'asks for the new password')
    .example('$0 users passwd ada --generate', 'shows a random password once');

export const handler = (flags: ArgumentsCamelCase<ChangeFlags & PasswordFlags>): Promise<void> =>
  changeUser(flags, async ({ accounts, operator, settings }) => {
    const seen = await accounts.users.findByName(operator, flags.name);
    const password = await newPassword(flags, seen.username, settings.passwordMinLength);
    const user = await accounts.users.change(operator, seen.id, { password }, seen);
    showGenerated(flags, password);
    return { user, said: `${shown(user)} has a new password; all its sessions have ended` };
  });
