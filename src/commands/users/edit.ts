import type { ArgumentsCamelCase, Argv } from 'yargs';
import { Refusal } from '../../refusal.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';

type Flags = ChangeFlags & { username?: string; active?: boolean; superuser?: boolean };

export const builder = <T>(yargs: Argv<T>) =>
  yargs
    .option('username', { type: 'string', requiresArg: true, describe: 'the new username' })
    .option('active', { type: 'boolean', describe: 'whether it may sign in; --no-active takes that away' })
    .option('superuser', {
      type: 'boolean',
      describe: 'whether it is a superuser; --no-superuser takes that away',
    })
    .example('$0 users edit ada --username lovelace', 'renames ada')
    .example('$0 users edit ada --active --no-superuser', 'sets both flags');

export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> => {
  const { username, active, superuser } = flags;
  if (username === undefined && active === undefined && superuser === undefined) {
    throw new Refusal('wrong_use', { sentence: 'Say what to change: --username, --active or --superuser' });
  }
  return changeUser(flags, async ({ accounts, operator }) => {
    const seen = await accounts.users.findByName(operator, flags.name);
    const edit = { username, isActive: active, isSuperuser: superuser };
    const user = await accounts.users.change(operator, seen.id, edit, seen);
    const was = user.username === seen.username ? '' : ` (it was called ${shown(seen)})`;
    const said = `${shown(user)}${was}: Active ${user.isActive ? 'yes' : 'no'}, Superuser ${user.isSuperuser ? 'yes' : 'no'}`;
    return { user, said: user.version === seen.version ? `${said}. Nothing had to be changed` : said };
  });
};
