import type { PendingRecovery } from '../accounts/recovery.ts';
import { fit, minute, named, printable, widthOf } from '../text.ts';
import type { Console } from './console.ts';
import { shownKey } from './keymap.ts';
import { everywhere } from './keymap-parts.ts';

/** What automatic sign-in means, for as long as it is what signed in. */
export const automaticBanner = (console: Console): string[] => {
  if (!console.signedIn.get()?.user.isAutomatic) return [];
  const banner = ['Automatic sign-in is on. To turn it off, start with LANGINFRA_AUTO_LOGIN=False'];
  if (console.host.overSsh) banner.push('Over SSH that means: whoever can open this session is a superuser.');
  return banner;
};

/** Who was recovered, by whom and when; without its full stop. */
export const recoverySentence = ({ username, osUser, tty, at }: PendingRecovery): string => {
  const terminal = tty === null ? '' : ` on ${printable(tty.replace(/^\/dev\//, ''))}`;
  return `${named(username)} was recovered by ${named(osUser ?? 'nobody known')}${terminal}, ${minute(at)}`;
};

/**
 * The recovery that is to be acknowledged next, by whom, and how many others there are; nothing where there is none. What is
 * too long for the width loses the end of the first of these.
 */
export const recoveryBanner = (
  { recoveries }: Pick<Console, 'recoveries'>,
  width = Number.POSITIVE_INFINITY,
  cut?: string,
): string[] => {
  const [first, ...others] = recoveries.get();
  if (!first) return [];
  const [key = ''] = everywhere.acknowledge.keys;
  // Its key says it in full.
  const todo = first.whyNot ? 'Others acknowledge it' : `${shownKey(key)} acknowledges`;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  const end = `. ${todo}${more}`;
  const said = recoverySentence(first);
  const room = width - widthOf(end);
  return [(widthOf(said) > room ? fit(said, room, cut) : said) + end];
};

/** Lines of the banner. */
export const bannerLines = (console: Console): number =>
  automaticBanner(console).length + recoveryBanner(console).length;
