import ssh2 from 'ssh2';

/** A key pair of its own: the private key as a file holds it, and the line of the public one. */
export const newKeyPair = (
  type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519',
  bits = type === 'rsa' ? 3072 : 256,
  comment = 'somebody@laptop',
): { privateKey: string; line: string; blob: string } => {
  const pair =
    type === 'ed25519'
      ? ssh2.utils.generateKeyPairSync(type, { comment })
      : ssh2.utils.generateKeyPairSync(type, { bits, comment } as never);
  return { privateKey: pair.private, line: pair.public, blob: pair.public.split(' ')[1] ?? '' };
};
