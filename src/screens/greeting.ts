import { type FailedSignIns, failedSentence } from '../accounts/failed-sign-ins.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { type Message, messageText } from './messages.ts';
import { recoveryCodeSpent } from './recovery-codes.tsx';

/** That others failed to sign in, on a line of so many columns. */
export const failedNote = (failed: FailedSignIns, columns?: number, before = ''): Message => {
  const blank = messageText({ kind: 'note', text: '' }).length + 2;
  const room = columns === undefined ? undefined : columns - blank - before.length;
  return { kind: 'note', text: `${before}${failedSentence(failed, room)}`, staysLong: true };
};

/**
 * What somebody who has just signed in should know of it, whichever door or form it was; undefined where there is nothing. Where
 * it is both, both have to fit on the line of so many columns; where none are given there is room for all.
 */
export const greetingOf = (
  { failed, recoveryCodesLeft: left }: SignedIn,
  columns?: number,
): Message | undefined => {
  if (left === undefined) return failed && failedNote(failed, columns);
  if (failed) return failedNote(failed, columns, `Codes left: ${left}; `);
  return { kind: left > 0 ? 'done' : 'note', text: recoveryCodeSpent(left) };
};
