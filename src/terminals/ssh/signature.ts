import { createPublicKey, verify } from 'node:crypto';
import ssh2, { type PublicKeyAuthContext } from 'ssh2';

/** Whether the owner of the key has signed this connection with it. RSA with SHA-1 counts for nothing. */
export const isSigned = ({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean => {
  if (!blob || !signature || (key.algo === 'ssh-rsa' && hashAlgo === undefined)) return false;
  const parsed = ssh2.utils.parseKey(`${key.algo} ${key.data.toString('base64')}`);
  if (parsed instanceof Error || parsed.type !== key.algo) return false;
  const own = ed25519Of(key.data);
  if (own) return verify(null, blob, own, signature);
  return parsed.verify(blob, signature, hashAlgo) === true;
};

/** How such a key begins: its name and the length of what follows (RFC 8709, section 4). */
const ed25519Begins = Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x20', 'latin1');
const ed25519Length = 32;

/** Node's own key of an Ed25519 key; undefined for others. ssh2 makes a PEM text of it, which takes longer to read than to verify. */
const ed25519Of = (data: Buffer) => {
  const begin = data.subarray(0, ed25519Begins.length);
  const point = data.subarray(ed25519Begins.length);
  if (!begin.equals(ed25519Begins) || point.length !== ed25519Length) return undefined;
  const key = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
  return createPublicKey({ key, format: 'jwk' });
};
