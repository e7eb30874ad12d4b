/** The part of the table (refusal.ts) on the public keys that users sign in with over SSH, and on that door. */
export const sshKeyRefusals = {
  ssh_key_none: {
    words: 'This is no public key. It is one line of a file like ~/.ssh/id_ed25519.pub',
    http: 422,
    exit: 5,
  },
  ssh_key_private: {
    words:
      'This is a private key, which nobody else should see. Give the public one: the file that ends in .pub',
    http: 422,
    exit: 5,
  },
  ssh_key_several: { words: 'These are several keys. Add one at a time', http: 422, exit: 5 },
  ssh_key_options: {
    words: 'Options before a key have no effect here. Give the key without them',
    http: 422,
    exit: 5,
  },
  ssh_key_certificate: {
    words: 'Certificates are not taken. Give the public key itself',
    http: 422,
    exit: 5,
  },
  ssh_key_type: {
    words: (d: { type: string }) =>
      `Keys of the type ${d.type} are not taken. Use ed25519, ECDSA, or RSA of 3072 bits or more`,
    http: 422,
    exit: 5,
  },
  ssh_key_short: {
    words: (d: { bits: number }) =>
      `This RSA key has ${d.bits} bits. Use one of 3072 bits or more, or better: ssh-keygen -t ed25519`,
    http: 422,
    exit: 5,
  },
  ssh_key_comment: {
    words: 'The comment of a key has at most 100 characters, none of them control, invisible or broken ones',
    http: 422,
    exit: 5,
  },
  ssh_key_taken: { words: 'This key is in use already', http: 409, exit: 3 },
  ssh_key_automatic: {
    words: 'The automatic account gets no SSH keys. Sign in as another user',
    http: 409,
    exit: 5,
  },
  too_many_ssh_keys: {
    words: (d: { most: number }) => `A user has at most ${d.most} SSH keys. Remove one first`,
    http: 409,
    exit: 5,
  },
  ssh_key_not_found: { words: 'There is no such SSH key', http: 404, exit: 4 },
  /** Nobody who asks for it learns which keys there are. */
  bad_ssh_key: { words: 'This key signs nobody in', http: 401, exit: 6 },
} as const;
