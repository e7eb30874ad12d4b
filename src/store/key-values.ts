import { createHash, randomBytes } from 'node:crypto';

/** What every API key begins with; the Python Langinfra's do, too. */
const prefix = 'sk-';
/** How many characters an API key has, here and there: 32 bytes in base64url come after the prefix. */
export const keyLength = prefix.length + 43;
/** So many characters of a key are kept to tell it by, the prefix among them. */
const shown = 8;

/** A new random key. */
export const newKey = (): string => prefix + randomBytes(32).toString('base64url');

/**
 * What the table holds for a key. A hash without salt or cost is enough: a key is 256 random bits, which nobody guesses,
 * and it must be found by what is stored.
 */
export const storedKey = (clear: string): string =>
  `sha256:${createHash('sha256').update(clear).digest('hex')}`;

/** Whether the table holds the key itself, as the Python server writes it. */
export const isClearKey = (stored: string): boolean => stored.startsWith(prefix);

export const startOf = (clear: string): string => clear.slice(0, shown);
