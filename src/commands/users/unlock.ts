import { type ChangeFlags, changeUser, shown } from './common.ts';

export const handler = (flags: ChangeFlags): Promise<void> =>
  changeUser(flags, async ({ accounts, operator }) => {
    const { id } = await accounts.users.findByName(operator, flags.name);
    const { user, failures } = await accounts.users.unlock(operator, id);
    const forgotten = failures === 1 ? '1 failed sign-in is' : `${failures} failed sign-ins are`;
    const said =
      failures === 0
        ? `${shown(user)} had no failed sign-ins that hold it up`
        : `${shown(user)} can try to sign in at once from everywhere: ${forgotten} forgotten`;
    return { user, said };
  });
