import { sshKeyJson } from '../../../accounts/ssh-key-json.ts';
import { minute, printable } from '../../../text.ts';
import { outputOf } from '../../output.ts';
import { withWorldOf } from '../../with-world.ts';
import type { UserFlags } from '../common.ts';
import { userNamed } from './user-named.ts';

/** Lists the keys of a user. Throws no_user_named and superuser_needed. */
export const handler = (flags: UserFlags): Promise<void> =>
  withWorldOf(flags, { create: false }, async world => {
    const { result, resultJson, note } = outputOf(flags);
    const user = await userNamed(world, flags.name);
    const keys = await world.accounts.sshKeys.list(world.operator, user.id);
    if (flags.json) return resultJson({ username: user.username, ssh_keys: keys.map(sshKeyJson) });
    if (keys.length === 0) note(`${printable(user.username)} has no SSH keys`);
    for (const { type, fingerprint, comment, lastUsedAt } of keys) {
      const used = lastUsedAt ? `last used ${minute(lastUsedAt)} UTC` : 'never used';
      result([fingerprint, type, used, printable(comment)].filter(Boolean).join('  '));
    }
  });
