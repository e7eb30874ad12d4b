import type { ArgumentsCamelCase, Argv } from 'yargs';
import { Refusal } from '../../refusal.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';

type Flags = ChangeFlags & {
  username?: string;
  active?: boolean;
  superuser?: boolean;
  mustChange?: boolean;
};

export const builder = <T>(yargs: Argv<T>) =>
  yargs
    .option('username', { type: 'string', requiresArg: true, describe: 'the new username' })
    .option('active', { type: 'boolean', describe: 'whether it may sign in; --no-active takes that away' })
    .option('superuser', {
      type: 'boolean',
      describe: 'whether it is a superuser; --no-superuser takes that away',
    })
    .option('must-change', {
      type: 'boolean',
      describe:
        'whether it has to choose another password before anything else; --no-must-change takes that away',
    })
    .example('$0 users edit ada --username lovelace', 'renames ada')
    .example('$0 users edit ada --active --no-superuser', 'sets both flags')
    .example('$0 users edit ada --must-change', 'ada goes on with a new password only');

export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> => {
  const { username, active, superuser, mustChange } = flags;
  const edit = { username, isActive: active, isSuperuser: superuser, mustChangePassword: mustChange };
  if (Object.values(edit).every(value => value === undefined)) {
    throw new Refusal('wrong_use', {
      sentence: 'Say what to change: --username, --active, --superuser or --must-change',
    });
  }
  return changeUser(flags, async ({ accounts, operator }) => {
    const seen = await accounts.users.findByName(operator, flags.name);
    const user = await accounts.users.change(operator, seen.id, edit, seen);
    const was = user.username === seen.username ? '' : ` (it was called ${shown(seen)})`;
    const flag = (is: boolean): string => (is ? 'yes' : 'no');
    const parts = [
      `Active ${flag(user.isActive)}`,
      `Superuser ${flag(user.isSuperuser)}`,
      ...(mustChange === undefined ? [] : [`Must change password ${flag(user.mustChangePassword)}`]),
    ];
    const said = `${shown(user)}${was}: ${parts.join(', ')}`;
    return { user, said: user.version === seen.version ? `${said}. Nothing had to be changed` : said };
  });
};
