import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';

/** Time-based codes as every authenticator app makes them (RFC 6238 with its own values): SHA-1, six digits, 30 s. */
const shape = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const sixDigits = /^[0-9]{6}$/;
/** So many steps of 30 s a phone may be ahead or behind (RFC 6238, section 5.2, recommends one). */
const window = 1;
/** As long as the hash (RFC 4226, section 4, R6). In bytes. */
const secretBytes = 20;
/** What an app shows above the username. */
const issuer = 'Langinfra';

const totpOf = async (secret: string) => {
  // Most people never need it.
  const { Secret, TOTP } = await import('otpauth');
  return new TOTP({ ...shape, secret: Secret.fromBase32(secret) });
};

/** A new random secret, in base32: 32 letters and digits. */
export const newSecret = async (): Promise<string> => {
  const { Secret } = await import('otpauth');
  return new Secret({ size: secretBytes }).base32;
};

/** The time step whose code was typed, near that moment in milliseconds; undefined where it is none. */
export const stepOfCode = async (secret: string, typed: string, at: number): Promise<number | undefined> => {
  // Apps show six digits in two groups.
  const token = typed.replace(/\s/g, '');
  // otpauth compares bytes, and throws where six characters have more of them: digits are those of ASCII here.
  if (!sixDigits.test(token)) return undefined;
  const totp = await totpOf(secret);
  const delta = totp.validate({ token, timestamp: at, window });
  return delta === null ? undefined : totp.counter({ timestamp: at }) + delta;
};

/**
 * What an app reads from a QR code (github.com/google/google-authenticator, Key URI Format), of at most so many bytes. What
 * is usual is not said, so that the code is small; of a long username the app gets the beginning.
 */
export const otpauthUri = (secret: string, username: string, most = Number.POSITIVE_INFINITY): string => {
  const uri = (label: string): string => {
    const account = label === '' ? issuer : `${issuer}:${encodeURIComponent(label)}`;
    return `otpauth://totp/${account}?secret=${secret}&issuer=${issuer}`;
  };
  const label = Array.from(username.toWellFormed());
  while (label.length > 0 && uri(label.join('')).length > most) label.pop();
  return uri(label.join(''));
};

/** Letters and digits without those that look alike in some font: o 0, i l 1, s 5, z 2, b 8. */
const alphabet = 'acdefghjkmnpqrtuvwxy34679';
const codeCount = 10;
/** 12 of 25 characters are 55 bits. */
const [groups, groupLength] = [3, 4];

/** Ten new recovery codes, `hkq3-7yad-m4wx`. */
export const newRecoveryCodes = (): string[] => {
  const codes = new Set<string>();
  while (codes.size < codeCount) {
    const characters = Array.from(
      { length: groups * groupLength },
      () => alphabet[randomInt(alphabet.length)],
    );
    const parts = Array.from({ length: groups }, (_, at) =>
      characters.slice(at * groupLength, (at + 1) * groupLength).join(''),
    );
    codes.add(parts.join('-'));
  }
  return [...codes];
};

/**
 * What is stored of a recovery code. It needs no slow hash, as a password does: 55 random bits are in no list. They are too
 * few for a fast one that anybody can make, so it is made with the user's secret, which is sealed: with the database alone
 * nobody can try one. Nor does another secret key of the program change it.
 */
export const hashOfRecoveryCode = (secret: string, typed: string): string => {
  const code = typed.toLowerCase().replace(/[\s-]/g, '');
  return createHmac('sha256', secret).update(`recovery code ${code}`).digest('base64url');
};

/** The one of the hashes that is of this recovery code. */
export const findRecoveryCode = (
  secret: string,
  typed: string,
  hashes: readonly string[],
): string | undefined => {
  const wanted = Buffer.from(hashOfRecoveryCode(secret, typed));
  return hashes.find(hash => {
    const bytes = Buffer.from(hash);
    return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
  });
};
