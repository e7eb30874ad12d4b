import type { ArgumentsCamelCase, Argv } from 'yargs';
import { refusePassword } from '../accounts/passwords.ts';
import { cleanUsername, whyNotUsername } from '../accounts/usernames.ts';
import { Refusal, refuseIf } from '../refusal.ts';
import type { Settings } from '../settings.ts';
import { printable } from '../text.ts';
import { hasDatabase } from '../world.ts';
import { type Asker, askUntil, createAsker } from './ask.ts';
import { result } from './output.ts';
import { type CommonFlags, settingsOf, withWorld } from './with-world.ts';

type Flags = CommonFlags & { username?: string; update: boolean };

export const builder = (yargs: Argv) =>
  yargs
    .option('username', {
      type: 'string',
      requiresArg: true,
      describe: 'the name, instead of the first question',
    })
    .option('password-stdin', {
      type: 'boolean',
      describe: 'read the password from stdin, which may be a pipe',
    })
    .option('update', {
      type: 'boolean',
      default: false,
      describe: 'if the user exists, make it an active superuser with this password',
    })
    .example('$0 superuser', 'asks for a username and a password')
    .example('$0 superuser --username root2 --password-stdin < password.txt', 'asks nothing');

/** Creates a superuser at a prompt. */
export const handler = async (flags: ArgumentsCamelCase<Flags>): Promise<void> => {
  const settings = settingsOf(flags);
  const asker = createAsker();
  const askAccount = (isNameTaken: (username: string) => Promise<boolean>) =>
    answersOf(asker, flags, settings, isNameTaken);
  try {
    // A database that is not there yet waits for the answers: whoever stops at a question has made nothing.
    const early = hasDatabase(settings) ? undefined : await askAccount(async () => false);
    await withWorld(settings, { create: true }, async ({ accounts }) => {
      const { update, ...account } = early ?? (await askAccount(accounts.users.isNameTaken));
      const made = await accounts.users.makeSuperuser(account, { update });
      if (made.folderCreated) result('Default folder created successfully.');
      result(made.created ? 'Superuser created successfully.' : 'Superuser updated successfully.');
    });
  } finally {
    asker.close();
  }
};

/**
 * The two answers, and whether an existing user is to be changed. Throws `stopped`, nothing_piped, and before it asks
 * for a password what is wrong with the name.
 */
const answersOf = async (
  asker: Asker,
  flags: Flags,
  { passwordMinLength }: Settings,
  isNameTaken: (username: string) => Promise<boolean>,
): Promise<{ username: string; password: string; update: boolean }> => {
  const checkName = async (name: string): Promise<void> => refuseIf(whyNotUsername(cleanUsername(name)));
  if (flags.username !== undefined) await checkName(flags.username);
  const username = flags.username ?? (await askUntil(asker, () => asker.line('Username: '), checkName));
  let { update } = flags;
  if (!update && asker.interactive && (await isNameTaken(username))) {
    const question = `${printable(username)} exists. Make it an active superuser with a new password? [y/N] `;
    update = await asker.confirm(question);
    if (!update) throw new Refusal('stopped');
  }
  const password = await askUntil(
    asker,
    () => asker.hidden('Password: '),
    answer => refusePassword(answer, username, passwordMinLength),
  );
  return { username, password, update };
};
