import ssh2, { type PublicKeyAuthContext } from 'ssh2';

/** Whether the owner of the key has signed this connection with it. RSA with SHA-1 counts for nothing. */
export const isSigned = ({ key, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean => {
  if (!blob || !signature || (key.algo === 'ssh-rsa' && hashAlgo === undefined)) return false;
  const parsed = ssh2.utils.parseKey(`${key.algo} ${key.data.toString('base64')}`);
  if (parsed instanceof Error || parsed.type !== key.algo) return false;
  return parsed.verify(blob, signature, hashAlgo) === true;
};
