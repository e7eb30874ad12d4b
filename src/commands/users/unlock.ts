import { unlockedSentence } from '../../accounts/unlock.ts';
import { type ChangeFlags, changeUser, shown } from './common.ts';

export const handler = (flags: ChangeFlags): Promise<void> =>
  changeUser(flags, async ({ accounts, operator }) => {
    const { id } = await accounts.users.findByName(operator, flags.name);
    const unlocked = await accounts.users.unlock(operator, id);
    return { user: unlocked.user, said: unlockedSentence(shown(unlocked.user), unlocked) };
  });
