import { dashed, userJson } from '../../accounts/user-json.ts';
import { minute, printable } from '../../text.ts';
import { result, resultJson } from '../output.ts';
import { settingsOf, withWorld } from '../with-world.ts';
import type { UserFlags } from './common.ts';

export const handler = (flags: UserFlags): Promise<void> =>
  withWorld(settingsOf(flags), { create: false }, async ({ accounts, operator }) => {
    const user = await accounts.users.findByName(operator, flags.name);
    if (flags.json) return resultJson(userJson(user));
    const lines = {
      Username: printable(user.username),
      Active: user.isActive ? 'yes' : 'no',
      Superuser: user.isSuperuser ? 'yes' : 'no',
      Created: `${minute(user.createdAt)} UTC`,
      Updated: `${minute(user.updatedAt)} UTC`,
      'Last login': user.lastLoginAt ? `${minute(user.lastLoginAt)} UTC` : 'never',
      Id: dashed(user.id),
      Version: String(user.version),
    };
    for (const [label, value] of Object.entries(lines)) result(`${label.padEnd(12)}${value}`);
    for (const sentence of accounts.whySignIn(user)) result(`\n${sentence}`);
  });
