import type { ArgumentsCamelCase, Argv } from 'yargs';
import { whyNotPassword } from '../accounts/passwords.ts';
import { cleanUsername, whyNotUsername } from '../accounts/usernames.ts';
import { Refusal, refuseIf } from '../refusal.ts';
import { askUntil, createAsker } from './ask.ts';
import { result } from './output.ts';
import { type CommonFlags, withWorld } from './with-world.ts';

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
export const handler = (flags: ArgumentsCamelCase<Flags>): Promise<void> =>
  withWorld(flags, { create: true }, async ({ accounts, settings }) => {
    const asker = createAsker();
    try {
      const name =
        flags.username ??
        (await askUntil(
          asker,
          () => asker.line('Username: '),
          answer => refuseIf(whyNotUsername(cleanUsername(answer))),
        ));
      const exists = await accounts.users.isNameTaken(name);
      let update = flags.update;
      if (exists && !update && asker.interactive) {
        const question = `${cleanUsername(name)} exists. Make it an active superuser with a new password? [y/N] `;
        if (!(await asker.confirm(question))) throw new Refusal('stopped');
        update = true;
      }
      const password = await askUntil(
        asker,
        () => asker.hidden('Password: '),
        answer => {
          const refusal = whyNotPassword(answer, name, settings.passwordMinLength);
          if (refusal) throw refusal;
        },
      );
      const made = await accounts.users.makeSuperuser({ username: name, password }, { update });
      if (made.folderCreated) result('Default folder created successfully.');
      result(made.created ? 'Superuser created successfully.' : 'Superuser updated successfully.');
    } finally {
      asker.close();
    }
  });
