import type { Session } from '../store/sessions.ts';
import { printable } from '../text.ts';
import { doors } from './doors.ts';

/** The way in that a session was begun through, in a word. */
export const doorName = ({ door }: Pick<Session, 'door'>): string => doors[door].name;

/** Where a session was begun: an address, a terminal, or both; empty where neither is known. */
export const sessionPlace = ({ address, tty }: Pick<Session, 'address' | 'tty'>): string =>
  printable([address, tty].filter(Boolean).join(' '));

/** When a session was used last, as far as it is known. */
export const lastSeen = ({ seenAt, createdAt }: Pick<Session, 'seenAt' | 'createdAt'>): string =>
  seenAt ?? createdAt;
