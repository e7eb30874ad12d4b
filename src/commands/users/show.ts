import { userFields } from '../../accounts/user-fields.ts';
import { userRecord } from '../../accounts/user-json.ts';
import { printable } from '../../text.ts';
import { outputOf } from '../output.ts';
import { withWorldOf } from '../with-world.ts';
import type { UserFlags } from './common.ts';

export const handler = (flags: UserFlags): Promise<void> =>
  withWorldOf(flags, { create: false }, async ({ accounts, operator }) => {
    const { result, resultJson } = outputOf(flags);
    const { id } = await accounts.users.findByName(operator, flags.name);
    const details = await accounts.users.details(operator, id);
    if (flags.json)
      return resultJson({ ...userRecord(details.user), one_time_codes: details.oneTimeCodes !== undefined });
    const remark = accounts.remarkOn(details.user);
    const fields: [string, string[]][] = [
      ['Username', [printable(details.user.username)]],
      ...userFields(details),
    ];
    if (remark) fields.splice(1, 0, ['Remark', [remark]]);
    for (const [label, lines] of fields)
      for (const [at, line] of lines.entries()) result(`${(at === 0 ? label : '').padEnd(12)}${line}`);
    for (const sentence of details.why) result(`\n${sentence}`);
  });
