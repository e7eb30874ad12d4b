import { randomInt } from 'node:crypto';

/** Letters and digits without those that look alike in some font: 0 O o, 1 I l, 5 S, 2 Z, 8 B. */
const alphabet = 'ACDEFGHJKLMNPQRTUVWXYabcdefghijkmnpqrstuvwxyz34679';
/** 20 of 50 characters are 112 bits: nobody guesses that (NIST SP 800-131A asks for 112 of a key). */
const enough = 20;

/** A random password that can be read out and typed, of at least so many characters. */
export const generatePassword = (least: number): string =>
  Array.from({ length: Math.max(enough, least) }, () => alphabet[randomInt(alphabet.length)]).join('');
