import type { ArgumentsCamelCase, Argv } from 'yargs';
import { usersCommand } from '../../text.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';
import { newPassword, type PasswordFlags, passwordOptions, showGenerated } from './password.ts';

type Flags = ChangeFlags & PasswordFlags & { active?: boolean; superuser: boolean; mustChange: boolean };

export const builder = <T>(yargs: Argv<T>) =>
  passwordOptions(yargs)
    .option('active', {
      type: 'boolean',
      describe: 'let it sign in (else as LANGINFRA_NEW_USER_IS_ACTIVE says)',
    })
    .option('superuser', { type: 'boolean', default: false, describe: 'make it a superuser' })
    .option('must-change', {
      type: 'boolean',
      default: false,
      describe: 'have it choose another password at the first sign-in',
    })
    .example('$0 users add ada --active', 'asks for the password')
    .example('$0 users add ada --generate', 'shows a random password once')
    .example('$0 users add ada --generate --must-change', 'a password for the first sign-in only');

export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> =>
  changeUser(flags, async ({ accounts, operator, settings }) => {
    await accounts.users.refuseUsername(flags.name);
    const password = await newPassword(flags, flags.name, settings.passwordMinLength);
    const user = await accounts.users.create(operator, {
      username: flags.name,
      password,
      isActive: flags.active,
      isSuperuser: flags.superuser,
      mustChangePassword: flags.mustChange,
    });
    showGenerated(flags, password);
    const kind = user.isSuperuser ? 'superuser' : 'user';
    const state = user.isActive
      ? 'can sign in'
      : `waits for approval; to let it sign in: ${usersCommand('activate', [user.username])}`;
    return { user, said: `The ${kind} ${shown(user)} was added and ${state}` };
  });
