import type { Transaction } from '../store/open.ts';
import { grouped, minute, printable } from '../text.ts';
import { auditOrigin } from './audit-detail.ts';

/** Sign-ins to an account that failed since the last that went well at a console or over SSH, which tell it, and where the newest came from. */
export type FailedSignIns = { count: number; latestAt: string; latestFrom: string };

/** What failed before a sign-in, from the audit: it knows all doors and all sources. Undefined where nothing did. */
export const failedBefore = async (
  tx: Pick<Transaction, 'audit'>,
  userId: string,
): Promise<FailedSignIns | undefined> => {
  const { count, latest } = await tx.audit.failedSignIns(userId);
  if (!latest) return undefined;
  const { address, ssh, tty } = auditOrigin(latest.origin).parts;
  return { count, latestAt: latest.at, latestFrom: address ?? ssh?.split(' ')[0] ?? tty ?? 'this machine' };
};

/** The same for who has just signed in. What matters most comes first: it has to fit on a line. */
export const failedSentence = ({ count, latestAt, latestFrom }: FailedSignIns): string => {
  const which = count === 1 ? '1 failed sign-in' : `${grouped(count)} failed sign-ins, the latest`;
  return printable(`${which} ${minute(latestAt)} from ${latestFrom}, since your last one`);
};
