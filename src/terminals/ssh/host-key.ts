import { createPrivateKey, sign } from 'node:crypto';
import { join } from 'node:path';
import { fingerprintOf } from '../../accounts/public-key.ts';
import { Refusal } from '../../refusal.ts';
import { createPrivateFile, privateDirectory, readPrivateFile } from '../../store/private-files.ts';

export type HostKey = {
  path: string;
  /** As OpenSSH keeps private keys. */
  privateKey: string;
  /** `SHA256:…`, as clients show it. */
  fingerprint: string;
};

const fileName = 'ssh_host_ed25519_key';

/**
 * The key that this server is known by to SSH clients: the one of the config directory, or a new one that is kept there from
 * now on. Of several processes that start at once all get the first one's.
 * Throws file_exposed where others can read it, file_unreadable, file_unwritable, ssh_host_key_broken, and the refusals of
 * directories.
 */
export const openHostKey = async (configDir: string): Promise<HostKey> => {
  privateDirectory(configDir);
  const path = join(configDir, fileName);
  const { default: ssh2 } = await import('ssh2');
  const read = (privateKey: string) => {
    const key = ssh2.utils.parseKey(privateKey);
    return key instanceof Error || key.type !== 'ssh-ed25519' || !key.isPrivateKey() ? undefined : key;
  };
  const make = (): string => {
    let made: string;
    // One of about 140 that ssh2 makes is malformed, and is read by nobody.
    do made = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'langinfra' }).private;
    while (!read(made));
    return createPrivateFile(path, made) ? made : (readPrivateFile(path) ?? made);
  };
  const privateKey = readPrivateFile(path) ?? make();
  const key = read(privateKey);
  if (!key) throw new Refusal('ssh_host_key_broken', { path });
  return { path, privateKey, fingerprint: fingerprintOf(key.getPublicSSH()) };
};

/**
 * What signs with the key, for each connection: ssh2 would read the text of the key each time, which takes several times as
 * long as to sign.
 */
export const signerOf = async ({ privateKey }: HostKey) => {
  const { default: ssh2 } = await import('ssh2');
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const own = createPrivateKey(key.getPrivatePEM());
  key.sign = data => sign(null, Buffer.from(data), own);
  return key;
};
