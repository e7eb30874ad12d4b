import { Refusal } from '../refusal.ts';
import type { Credentials } from '../store/users.ts';
import { newId } from '../store/values.ts';
import type { Context } from './context.ts';
import { automaticName } from './usernames.ts';

/** What the Python Langinfra gives its own automatic account, whose name is ours too. Everybody knows it. */
const pythonPassword = 'langinfra';
const marked = { isActive: true, isSuperuser: true, isAutomatic: true, mustChangePassword: false } as const;
const noPassword = { sealed: '', cost: 0 };

/** The account that automatic sign-in uses: it has no password and no API keys, and gets none. */
export const createAutomaticAccount = ({ store, passwords, now, record }: Context) => {
  /** The Python server's automatic account; nothing where a user of that name has a password of its own. */
  const pythonOne = async (): Promise<Credentials | undefined> => {
    const namesake = await store.read.users.findByName(automaticName);
    const account = namesake && { id: namesake.user.id, stored: namesake.password };
    return account && (await passwords.check(pythonPassword, account, 0)).matches ? namesake : undefined;
  };

  /**
   * Makes the Python server's automatic account ours: its well-known password goes, and its API keys. Done with automatic
   * sign-in on or off, for nobody should be a superuser by that password. Gives a notice.
   */
  const takeOver = async (): Promise<string[]> => {
    if (await store.read.users.automatic()) return [];
    const found = await pythonOne();
    if (!found) return [];
    return store.write(async tx => {
      if (await tx.users.automatic()) return [];
      await tx.users.change(found.user.id, { ...marked, password: noPassword }, now());
      await tx.sessions.endOf(found.user.id);
      await tx.apiKeys.removeOf(found.user.id);
      await record(tx, { event: 'automatic_account_made', target: found.user });
      return [
        `The user ${automaticName} of the Python Langinfra is the automatic account now, without a password or API keys`,
      ];
    });
  };

  return {
    takeOver,

    /** Makes the account where it is missing. Throws automatic_name_taken. */
    ensure: async (): Promise<string[]> => {
      if (await store.read.users.automatic()) return [];
      const notices = await takeOver();
      await store.write(async tx => {
        if (await tx.users.automatic()) return;
        if (await tx.users.isNameTaken(automaticName)) throw new Refusal('automatic_name_taken');
        const id = newId();
        const { sealed: password, cost: passwordCost } = noPassword;
        await tx.users.insert({ id, username: automaticName, password, passwordCost, ...marked, now: now() });
        await tx.folders.ensureDefault(id);
        await record(tx, { event: 'automatic_account_made', target: { id, username: automaticName } });
      });
      return notices;
    },
  };
};
