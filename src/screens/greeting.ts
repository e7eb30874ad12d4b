import { failedSentence } from '../accounts/failed-sign-ins.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Message } from './messages.ts';
import { recoveryCodeSpent } from './recovery-codes.tsx';

/**
 * What somebody who has just signed in should know of it, whichever door or form it was; undefined where there is nothing. The
 * short one comes first, since both have to fit on a line.
 */
export const greetingOf = ({ failed, recoveryCodesLeft: left }: SignedIn): Message | undefined => {
  if (left === undefined) return failed && { kind: 'note', text: failedSentence(failed), staysLong: true };
  if (failed)
    return { kind: 'note', text: `Recovery codes left: ${left}; ${failedSentence(failed)}`, staysLong: true };
  return { kind: left > 0 ? 'done' : 'note', text: recoveryCodeSpent(left) };
};
