import type { Argv } from 'yargs';
import { Refusal } from '../refusal.ts';
import { refuseNotOwner } from '../store/owner.ts';
import type { User } from '../store/users.ts';
import { minute, printable } from '../text.ts';
import { databasePath } from '../world.ts';
import { createTerminalAsker } from './ask.ts';
import { note, result } from './output.ts';
import { type CommonFlags, settingsOf, withWorld } from './with-world.ts';
import { nameWord } from './words.ts';

export const builder = (yargs: Argv) =>
  yargs
    .positional('name', nameWord)
    .example('$0 recover ada', 'asks, and shows a code that signs ada in once, in place of the password')
    .epilogue(
      'For the owner of the database or root, on a terminal. All sessions of the user end, and every superuser is told.',
    );

/**
 * Makes a code in place of a password that was lost. There is no --json, no --yes and no pipe: the code is for the eyes of
 * the person at the terminal, and what was done by a script nobody would have seen. Throws recovery_needs_terminal,
 * not_owner, recovery_off, no_user_named, automatic_account, recovery_inactive and stopped.
 */
export const handler = async (flags: CommonFlags & { name: string }): Promise<void> => {
  if (![process.stdin, process.stdout, process.stderr].every(stream => stream.isTTY))
    throw new Refusal('recovery_needs_terminal');
  const settings = settingsOf(flags);
  refuseNotOwner([settings.configDir, databasePath(settings)]);
  await withWorld(settings, { create: false }, async ({ accounts: { recovery }, operator, store }) => {
    const user = await recovery.find(operator, flags.name);
    note(`Database: ${store.path}`);
    await confirmByName(user);
    const { code, expiresAt } = await recovery.recover(operator, user);
    result(`Sign-in code: ${code}`);
    note(`It signs ${user.username} in once, in place of the password, until ${minute(expiresAt)} UTC`);
    note('A new password is asked for then; the old one stays valid until it is set');
    note(
      'Every superuser is told of it until it is acknowledged, by another than this user where there is one',
    );
  });
};

/** Asks for the name again: a code is not made for somebody else by a slip. Throws stopped. */
const confirmByName = async ({ username }: User): Promise<void> => {
  const name = printable(username);
  note(`All sessions of ${name} end, and a code is made that signs ${name} in once`);
  const asker = createTerminalAsker();
  try {
    const answer = await asker.line('Type the username to go on: ');
    if (answer.trim().normalize('NFC') !== username.normalize('NFC')) throw new Refusal('stopped');
  } finally {
    asker.close();
  }
};
