import { isIPv6 } from 'node:net';
import type { Reads } from '../store/open.ts';
import { grouped, minute, printable, widthOf } from '../text.ts';
import { auditOrigin } from './audit-detail.ts';
import { networkOf } from './network.ts';

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

/**
 * The same for whom it is about, in so many characters: how many, when and from where, in fewer words where there is less room,
 * and at last with the network of an IPv6 address in its place.
 */
export const failedSentence = (
  { count, latestAt, latestFrom }: FailedSignIns,
  room = Number.POSITIVE_INFINITY,
): string => {
  const [many, at, from] = [grouped(count), minute(latestAt), latestFrom.replace(/^\/dev\//, '')];
  const which = count === 1 ? '1 failed sign-in since yours,' : `${many} failed sign-ins since yours, last`;
  const forms = [
    `${which} ${at} from ${from}`,
    `${which.replace(' since yours', '')} ${at} from ${from}`,
    `${many} failed, ${at}, ${from}`,
    `${many} failed, ${at}, ${isIPv6(from) ? networkOf(from) : from}`,
  ].map(form => printable(form));
  return forms.find(form => widthOf(form) <= room) ?? forms.at(-1) ?? '';
};
