import type { Argv } from 'yargs';
import { generatePassword } from '../../accounts/generate-password.ts';
import { refusePassword } from '../../accounts/passwords.ts';
import { Refusal } from '../../refusal.ts';
import { askUntil, createAsker, createTypedAsker } from '../ask.ts';
import { outputOf } from '../output.ts';
import type { CommonFlags } from '../with-world.ts';

export type PasswordFlags = Pick<CommonFlags, 'caller'> & {
  passwordStdin?: boolean | undefined;
  generate?: boolean | undefined;
};

export const passwordOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('password-stdin', {
      type: 'boolean',
      describe: 'read the password from stdin, which may be a pipe',
    })
    .option('generate', { type: 'boolean', describe: 'make a random password and show it once' })
    .conflicts('password-stdin', 'generate');

/** A new password from a prompt, from stdin, or a generated one. Never from an argument: others see those. */
export const newPassword = async (flags: PasswordFlags, username: string, least: number): Promise<string> => {
  if (flags.generate) return generatePassword(least);
  const { note } = outputOf(flags);
  const { caller } = flags;
  const asker = caller?.isTerminal ? createTypedAsker(caller) : createAsker(caller?.stdin);
  const check = (answer: string): Promise<void> => refusePassword(answer, username, least);
  try {
    for (;;) {
      const password = await askUntil(asker, () => asker.hidden('Password: '), check, note);
      if (!asker.interactive || (await asker.hidden('Password again: ')) === password) return password;
      note('The two are not the same. Type it again.');
    }
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'nothing_piped') throw error;
    throw new Refusal('nothing_piped', { what: 'password', instead: '--generate' });
  } finally {
    asker.close();
  }
};

/**
 * Shows a generated password, the only time. It is no part of a JSON document, which is often kept. That of a dry run is
 * nobody's.
 */
export const showGenerated = (
  flags: PasswordFlags & { json: boolean; dryRun: boolean },
  password: string,
): void => {
  if (!flags.generate || flags.dryRun) return;
  const { note, result } = outputOf(flags);
  if (flags.json) note(`Password: ${password}`);
  else result(`Password: ${password}`);
};
