import type { Reads } from '../store/open.ts';
import { grouped, minute, printable } from '../text.ts';
import { auditOrigin } from './audit-detail.ts';

/**
 * Sign-ins to an account, and wrong passwords at its lock screens, since the last that went well at a console or over SSH, which
 * tell it; and where the newest came from.
 */
export type FailedSignIns = { count: number; latestAt: string; latestFrom: string };

/** What failed before a sign-in, from the audit: it knows all doors and all sources. Undefined where nothing did. */
export const failedBefore = async (
  { audit }: Pick<Reads, 'audit'>,
  userId: string,
): Promise<FailedSignIns | undefined> => {
  const { count, latest } = await audit.failedSignIns(userId);
  if (!latest) return undefined;
  const { address, ssh, tty } = auditOrigin(latest.origin).parts;
  return { count, latestAt: latest.at, latestFrom: address ?? ssh?.split(' ')[0] ?? tty ?? 'this machine' };
};

/** The same for whom it is about, short enough for the line of a small terminal. */
export const failedSentence = ({ count, latestAt, latestFrom }: FailedSignIns): string => {
  const which =
    count === 1 ? '1 failed sign-in since yours,' : `${grouped(count)} failed sign-ins since yours, last`;
  return printable(`${which} ${minute(latestAt)} from ${latestFrom.replace(/^\/dev\//, '')}`);
};
