import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** A file that the secret key was in: the env file of the settings, or the one kept in the config directory. */
export type KeyPlace = { kind: 'env file'; path: string } | { kind: 'kept file' };

/** Encrypts a text for one user, under the key of one use. */
export type Seal = {
  /** The result opens for that user only. */
  seal: (plain: string, userId: string) => string;
  /** The text again; undefined where it was sealed for another user, use or key, or changed. */
  unseal: (sealed: string, userId: string) => string | undefined;
};

/**
 * What the secret key is for: it seals the stored password hashes and signs the tokens. It is never used
 * itself; each use has a key of its own, derived by HKDF-SHA256 (RFC 5869).
 */
export type Sealing = Seal & {
  /** Where the secret key came from, if that is a file a later start could be pointed to. */
  readonly keyPlace: KeyPlace | undefined;
  /** Tells secret keys apart without revealing them: 64 hex characters. */
  readonly fingerprint: string;
  /** The key that signs tokens, 32 bytes. */
  readonly tokenKey: Uint8Array;
  /** The key under which the names that were tried are hidden, 32 bytes. */
  readonly throttleKey: Uint8Array;
  /** Seals the secrets that one-time codes are made from; `seal` itself is for password hashes. */
  readonly oneTimeCodes: Seal;
  isSealed: (stored: string) => boolean;
  /** Whether it says that this secret key sealed it. */
  isOwn: (sealed: string) => boolean;
};

const nonceBytes = 12;
const noncesAtOnce = 64;
const tagBytes = 16;
const prefix = 'sealed:v1:';

export const createSealing = (secretKey: string, keyPlace?: KeyPlace): Sealing => {
  const derive = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secretKey, 'langinfra', `langinfra ${use} v1`, 32));
  const fingerprint = derive('fingerprint').toString('hex');
  const keyId = fingerprint.slice(0, 8);
  // As an object: of a plain buffer Node would find out anew each time what it is, which takes longer than to encrypt.
  const sealFor = (use: string): Seal => createSeal(createSecretKey(derive(use)), keyId);

  return {
    keyPlace,
    fingerprint,
    tokenKey: derive('token'),
    throttleKey: derive('throttle'),
    ...sealFor('password'),
    oneTimeCodes: sealFor('one-time code'),
    isSealed: stored => stored.startsWith(prefix),
    isOwn: sealed => sealed.startsWith(`${prefix}${keyId}:`),
  };
};

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. The form is `sealed:v1:<key id>:<base64url of
 * nonce, ciphertext, tag>`; key id and user are bound in as associated data, so that a sealed password can't
 * be moved to another row.
 */
const createSeal = (key: KeyObject, keyId: string): Seal => {
  const nextNonce = createNonces();
  const boundTo = (userId: string): Buffer => Buffer.from(`${prefix}${keyId}:${userId}`);
  return {
    seal: (plain, userId) => {
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(userId));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(plain, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${prefix}${keyId}:${sealed.toString('base64url')}`;
    },
    unseal: (sealed, userId) => {
      const bytes = Buffer.from(sealed.split(':')[3] ?? '', 'base64url');
      // base64 is read leniently: only the one form that `seal` writes counts.
      if (sealed !== `${prefix}${keyId}:${bytes.toString('base64url')}`) return undefined;
      if (bytes.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
        .setAAD(boundTo(userId))
        .setAuthTag(bytes.subarray(-tagBytes));
      try {
        return (
          decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch {
        return undefined;
      }
    },
  };
};

/** Random nonces, each given once. A million passwords are sealed in less time where they are made many at once. */
const createNonces = () => {
  let made = Buffer.alloc(0);
  return (): Buffer => {
    if (made.length === 0) made = randomBytes(noncesAtOnce * nonceBytes);
    const nonce = made.subarray(0, nonceBytes);
    made = made.subarray(nonceBytes);
    return nonce;
  };
};
