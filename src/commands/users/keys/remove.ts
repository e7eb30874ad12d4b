import type { Argv } from 'yargs';
import { sshKeyJson } from '../../../accounts/ssh-key-json.ts';
import { Refusal } from '../../../refusal.ts';
import { printable } from '../../../text.ts';
import { outputOf } from '../../output.ts';
import { sayWhatChanged, withWorldOf } from '../../with-world.ts';
import type { UserFlags } from '../common.ts';
import { userNamed } from './user-named.ts';

type Flags = UserFlags & { fingerprint: string };

export const builder = <T>(yargs: Argv<T>) =>
  yargs.positional('fingerprint', {
    type: 'string',
    demandOption: true,
    describe: 'the key, as users keys list shows it',
  });

/** Removes a key of a user. Throws no_user_named, ssh_key_not_found and superuser_needed. */
export const handler = (flags: Flags): Promise<void> =>
  withWorldOf(flags, { create: false }, async world => {
    const { result, resultJson } = outputOf(flags);
    const { sshKeys } = world.accounts;
    const user = await userNamed(world, flags.name);
    const keys = await sshKeys.list(world.operator, user.id);
    const known = keys.find(({ fingerprint }) => fingerprint === flags.fingerprint);
    if (!known) throw new Refusal('ssh_key_not_found');
    const key = await sshKeys.remove(world.operator, user.id, known.id);
    if (flags.json) resultJson(sshKeyJson(key));
    else result(`${printable(user.username)} cannot sign in with ${key.fingerprint} any more`);
    sayWhatChanged(world, false, flags);
  });
