import { createHash, createPublicKey } from 'node:crypto';
import { Refusal } from '../refusal.ts';
import type { PublicKey } from '../store/ssh-keys.ts';
import { printable } from '../text.ts';

/** RSA keys of fewer bits are refused: ssh-keygen makes none by itself (NIST SP 800-57: 128 bits of security). */
const leastRsaBits = 3072;
const longestComment = 100;
/** More, in characters, is no key: one of RSA with 16384 bits has 2,800. */
export const longestKeyText = 8192;

const types: readonly string[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
];

/** What the first word of a key looks like, whether or not it is one that is taken. */
const looksLikeType = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa|rsa|webauthn-sk-ecdsa)-[\w@.-]+$/;

/** As `ssh-keygen -l` shows it. */
export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/**
 * Reads the line of a public key as OpenSSH writes it, `ssh-ed25519 AAAA… comment`.
 * Throws ssh_key_private, ssh_key_several, ssh_key_options, ssh_key_certificate, ssh_key_type, ssh_key_short,
 * ssh_key_comment, and ssh_key_none for anything else.
 */
export const readPublicKey = async (text: string): Promise<PublicKey> => {
  if (/PRIVATE KEY/.test(text)) throw new Refusal('ssh_key_private');
  const [line, ...others] = text
    .split(/\r\n?|\n/)
    .map(each => each.trim())
    .filter(each => each && !each.startsWith('#'));
  if (line === undefined || text.length > longestKeyText) throw new Refusal('ssh_key_none');
  if (others.length > 0) throw new Refusal('ssh_key_several');
  const [type = '', blob = '', ...words] = line.split(/[ \t]+/);
  if (!looksLikeType.test(type))
    throw new Refusal(
      [blob, ...words].some(word => looksLikeType.test(word)) ? 'ssh_key_options' : 'ssh_key_none',
    );
  if (type.includes('-cert-')) throw new Refusal('ssh_key_certificate');
  if (!types.includes(type)) throw new Refusal('ssh_key_type', { type });
  const comment = words.join(' ').normalize('NFC');
  if (Array.from(comment).length > longestComment || printable(comment) !== comment)
    throw new Refusal('ssh_key_comment');
  const bytes = Buffer.from(blob, 'base64');
  await refuseOtherThan(type, bytes, blob);
  return { type, blob, comment, fingerprint: fingerprintOf(bytes) };
};

/** Refuses what is no key of the type that it says, or has something behind it, or is too short. */
const refuseOtherThan = async (type: string, bytes: Buffer, blob: string): Promise<void> => {
  const { default: ssh2 } = await import('ssh2');
  const key = ssh2.utils.parseKey(`${type} ${blob}`);
  // One spelling of a key only: another one would get past the check of whether somebody has it.
  if (
    key instanceof Error ||
    key.type !== type ||
    !key.getPublicSSH().equals(bytes) ||
    bytes.toString('base64') !== blob
  )
    throw new Refusal('ssh_key_none');
  try {
    const { modulusLength: bits } = createPublicKey(key.getPublicPEM()).asymmetricKeyDetails ?? {};
    if (type === 'ssh-rsa' && (bits === undefined || bits < leastRsaBits))
      throw new Refusal('ssh_key_short', { bits: bits ?? 0 });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    // Numbers that are no point of the curve.
    throw new Refusal('ssh_key_none');
  }
};
