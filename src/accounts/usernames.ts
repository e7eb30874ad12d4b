import type { Reason } from '../refusal.ts';
import { caseFold, printable } from '../text.ts';

const longest = 64;
/** The automatic account's name; no other account gets it. */
export const automaticName = 'langinfra';

/** Why a username cannot be given to a new or renamed user. It is expected in NFC (see `cleanUsername`). */
export const whyNotUsername = (username: string): Reason | undefined => {
  if (username === '') return 'username_empty';
  if (Array.from(username).length > longest) return 'username_too_long';
  if (username !== username.trim()) return 'username_spaces';
  if (printable(username) !== username) return 'username_unprintable';
  if (isReserved(username)) return 'username_reserved';
  return undefined;
};

export const isReserved = (username: string): boolean => caseFold(username) === automaticName;

/** A username as it is stored: NFC. Lone surrogates stay, so that the rule can refuse them. */
export const cleanUsername = (username: string): string => username.normalize('NFC');
