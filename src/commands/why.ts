import type { Argv } from 'yargs';
import { outputOf } from './output.ts';
import type { UserFlags } from './users/common.ts';
import { withWorldOf } from './with-world.ts';
import { nameWord } from './words.ts';

export const builder = (yargs: Argv) =>
  yargs
    .positional('name', nameWord)
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 why ada', 'whether ada can sign in, and if not, what to do about it');

/** Says why a user can sign in or cannot, in the order in which a sign-in would find out. */
export const handler = (flags: UserFlags): Promise<void> =>
  withWorldOf(flags, { create: false }, async ({ accounts, operator }) => {
    const { result, resultJson } = outputOf(flags);
    const user = await accounts.users.findByName(operator, flags.name);
    const reasons = await accounts.users.whySignIn(operator, user);
    if (flags.json) return resultJson({ username: user.username, reasons });
    for (const sentence of reasons) result(sentence);
  });
