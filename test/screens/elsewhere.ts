import { expect } from 'vitest';
import { operator, type TestAccounts, usual } from '../support/accounts.ts';

/** What another process on the same database can do to a user, by name. */
export const elsewhere = async ({ t }: { t: TestAccounts }) => {
  const { accounts } = await t.another();
  const idOf = async (username: string) => (await accounts.users.findByName(operator, username)).id;
  return {
    change: async (username: string, edit: Parameters<typeof accounts.users.change>[2]) =>
      accounts.users.change(operator, await idOf(username), edit),
    remove: async (username: string) => accounts.users.remove(operator, await idOf(username)),
    add: (username: string) => accounts.users.create(operator, { username, password: usual }),
  };
};

/** Whether the screen shows it within the second that the contract gives. */
export const soon = async (work: () => Promise<unknown>) => {
  const began = performance.now();
  await work();
  expect(performance.now() - began).toBeLessThan(1000);
};
