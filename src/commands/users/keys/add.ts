import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Argv } from 'yargs';
import { longestKeyText } from '../../../accounts/public-key.ts';
import { sshKeyJson } from '../../../accounts/ssh-key-json.ts';
import { Refusal } from '../../../refusal.ts';
import { printable } from '../../../text.ts';
import { outputOf } from '../../output.ts';
import { refuseFilesOf, sayWhatChanged, withWorldOf } from '../../with-world.ts';
import { asWritten } from '../../words.ts';
import type { UserFlags } from '../common.ts';
import { userNamed } from './user-named.ts';

type Flags = UserFlags & { file?: string };

export const builder = <T>(yargs: Argv<T>) =>
  yargs
    .positional('file', {
      type: 'string',
      describe: 'the file of the public key; stdin where none is given, or -',
      coerce: (file = '-') => (asWritten(file) === '-' ? undefined : asWritten(file)),
    })
    .example('$0 users keys add ada < id_ed25519.pub', 'the same from stdin');

/** Adds a public key to a user. Throws no_user_named, no_backup, file_unreadable and the refusals of ssh_key_*. */
export const handler = (flags: Flags): Promise<void> => {
  if (flags.file !== undefined) refuseFilesOf(flags, 'A file to read');
  return withWorldOf(flags, { create: false }, async world => {
    const { result, resultJson } = outputOf(flags);
    const user = await userNamed(world, flags.name);
    const key = await world.accounts.sshKeys.add(world.operator, user.id, await lineOf(flags));
    if (flags.json) resultJson(sshKeyJson(key));
    else result(`${printable(user.username)} can sign in over SSH with ${key.fingerprint}`);
    sayWhatChanged(world, false, flags);
  });
};

/** All that could be a key, and no more: a client may send without an end. */
const beginningOf = async (stdin: Readable): Promise<string> => {
  let text = '';
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.length > longestKeyText) break;
  }
  return text;
};

const lineOf = async ({ file, caller }: Flags): Promise<string> => {
  if (file === undefined) return beginningOf(caller?.stdin ?? process.stdin);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Refusal('no_backup', { path: file });
    throw new Refusal('file_unreadable', { path: file, reason: code });
  }
};
