import { unlockedSentence, unlockedSourceSentence } from '../../accounts/unlock.ts';
import { heldUpAt } from '../../accounts/why.ts';
import { Refusal } from '../../refusal.ts';
import { outputOf } from '../output.ts';
import { sayWhatChanged, withWorldOf } from '../with-world.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';

type Flags = Omit<ChangeFlags, 'name'> & { name?: string | undefined; source?: string | undefined };

/** Forgets the failed sign-ins to a user, or from an address. Throws wrong_use unless one of the two is named. */
export const handler = async ({ name, source, ...flags }: Flags): Promise<void> => {
  if (name !== undefined && source === undefined) return unlockUser({ ...flags, name });
  if (source !== undefined && name === undefined) return unlockSource(flags, source);
  throw new Refusal('wrong_use', { sentence: 'Name a user, or an address with --source' });
};

const unlockUser = (flags: ChangeFlags): Promise<void> =>
  changeUser(flags, async ({ accounts, operator }) => {
    const { id } = await accounts.users.findByName(operator, flags.name);
    const unlocked = await accounts.users.unlock(operator, id);
    for (const sentence of heldUpAt(unlocked.sources)) outputOf(flags).note(sentence);
    return { user: unlocked.user, said: unlockedSentence(shown(unlocked.user), unlocked) };
  });

const unlockSource = (flags: Omit<ChangeFlags, 'name'>, address: string): Promise<void> =>
  withWorldOf(flags, { create: false, rehearsal: flags.dryRun }, async world => {
    const { result, resultJson } = outputOf(flags);
    const unlocked = await world.accounts.users.unlockSource(world.operator, address);
    const said = unlockedSourceSentence(unlocked);
    if (flags.json) resultJson(unlocked);
    else result(flags.dryRun ? `Dry run: ${said}` : said);
    sayWhatChanged(world, flags.dryRun, flags);
  });
