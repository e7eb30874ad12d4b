import type { ArgumentsCamelCase, Argv } from 'yargs';
import { Refusal } from '../../refusal.ts';
import { createTerminalAsker } from '../ask.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';

export const builder = <T>(yargs: Argv<T>) =>
  yargs
    .option('yes', {
      type: 'boolean',
      alias: 'y',
      describe: 'do not ask; without a terminal nothing is asked',
    })
    .example('$0 users delete ada', 'asks, then deletes ada');

export const handler = (flags: ArgumentsCamelCase<ChangeFlags & { yes?: boolean }>): Promise<void> =>
  changeUser(flags, async ({ accounts, operator }) => {
    const seen = await accounts.users.findByName(operator, flags.name);
    if (!flags.yes && !flags.dryRun) await confirm(shown(seen));
    const user = await accounts.users.remove(operator, seen.id, seen);
    return { user, said: `${shown(user)} was deleted` };
  });

const confirm = async (name: string): Promise<void> => {
  if (!process.stdin.isTTY) return;
  const asker = createTerminalAsker();
  try {
    const sure = await asker.confirm(
      `Delete ${name} with its folders and sessions? This cannot be undone. [y/N] `,
    );
    if (!sure) throw new Refusal('stopped');
  } finally {
    asker.close();
  }
};
