import type { Reason } from '../refusal.ts';
import { caseFold } from '../text.ts';

/** What is tried first on any server, and on this one; most are on the list themselves, but not with every digit. */
const usualWords = [
  'langinfra',
  'admin',
  'administrator',
  'root',
  'superuser',
  'user',
  'login',
  'password',
  'passwd',
  'secret',
  'welcome',
  'changeme',
];

/** The words between the digits and signs at both ends: `ada` of `2024ada!`. */
const wordIn = (folded: string): string => folded.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

/** `00000000`, `abcabcabc`, `12341234`. */
const isRepeated = (folded: string): boolean => /^(.{1,4})\1+$/su.test(folded);

/** `abcdefgh`, `87654321`. */
const isInOrder = (folded: string): boolean => {
  const codes = Array.from(folded, character => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0));
  return Math.abs(steps[0] ?? 0) === 1 && steps.every(step => step === steps[0]);
};

/**
 * Why a password would be among the first that somebody tries for this username: both in NFKC. The list is some 49,000
 * passwords, the most common first, and 3.3 MB of memory: it is read when the first password is set and not at a start,
 * and searched through, a tenth of a millisecond beside the quarter of a second that the hash takes.
 */
export const whyGuessed = async (password: string, username: string): Promise<Reason | undefined> => {
  const folded = caseFold(password);
  const word = wordIn(folded);
  if (folded === caseFold(username)) return 'password_is_username';
  if (word !== '' && word === wordIn(caseFold(username))) return 'password_near_username';
  if (usualWords.includes(word)) return 'password_usual_word';
  // zxcvbn finds these by itself, so that its list has not all of them.
  if (isRepeated(folded) || isInOrder(folded)) return 'password_regular';
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return dictionary['passwords-common'].includes(folded) ? 'password_common' : undefined;
};
