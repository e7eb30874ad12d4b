import { openHostKey } from '../../terminals/ssh/host-key.ts';
import { result, resultJson } from '../output.ts';
import { type CommonFlags, settingsOf } from '../with-world.ts';

/** Shows the fingerprint of the host key, which is made where there is none. Throws what `openHostKey` throws. */
export const handler = async (flags: CommonFlags & { json: boolean }): Promise<void> => {
  const { fingerprint, path } = await openHostKey(settingsOf(flags).configDir);
  if (flags.json) resultJson({ type: 'ssh-ed25519', fingerprint, path });
  else result(`${fingerprint} (ED25519)`);
};
