import type { PendingRecovery } from '../accounts/recovery.ts';
import { fit, minute, named, printable, widthOf } from '../text.ts';
import type { Console } from './console.ts';
import { type Keymap, shownKey } from './keymap.ts';
import { everywhere } from './keymap-parts.ts';
import { spokenKey } from './spoken.ts';

/** What automatic sign-in means, for as long as it is what signed in. */
export const automaticBanner = (console: Console): string[] => {
  if (!console.signedIn.get()?.user.isAutomatic) return [];
  const banner = ['Automatic sign-in is on. To turn it off, start with LANGINFRA_AUTO_LOGIN=False'];
  if (console.host.overSsh) banner.push('Over SSH that means: whoever can open this session is a superuser.');
  return banner;
};

/** Who was recovered, by whom, where and when; without its full stop. */
export const recoverySentence = (recovery: PendingRecovery): string =>
  sentenceWith(recovery, named(recovery.username), terminalOf(recovery));

const sentenceWith = ({ osUser, at }: PendingRecovery, name: string, terminal = ''): string =>
  `${name} was recovered by ${named(osUser ?? 'nobody known')}${terminal}, ${minute(at)}`;

const terminalOf = ({ tty }: PendingRecovery): string =>
  tty === null ? '' : ` on ${printable(tty.replace(/^\/dev\//, ''))}`;

/** The same in so many cells: without the terminal, then with less of the name, and cut where that does not do. */
const recoveryIn = (recovery: PendingRecovery, room: number, cut?: string): string => {
  const said = [recoverySentence(recovery), sentenceWith(recovery, named(recovery.username))];
  const fitting = said.find(sentence => widthOf(sentence) <= room);
  if (fitting !== undefined) return fitting;
  const nameRoom = Math.max(leastName, room - widthOf(sentenceWith(recovery, '')));
  return fit(
    sentenceWith(recovery, fit(named(recovery.username), nameRoom, cut).trimEnd()),
    room,
    cut,
  ).trimEnd();
};

/** Cells of a name that is cut. */
const leastName = 6;

/** What a person can do about a recovery, if anything: seen at the uppermost screen or dialog, heard once and for later. */
const whatToDo = (
  { shown }: Pick<Console, 'shown'>,
  { whyNot }: PendingRecovery,
  isHeard: boolean,
): string => {
  if (whyNot) return 'Others acknowledge it';
  const keymap: Keymap | undefined = isHeard ? everywhere : shown.get().at(-1)?.keymap;
  const [key] = keymap?.acknowledge?.keys ?? [];
  return key === undefined ? '' : `${isHeard ? spokenKey(key) : shownKey(key)} acknowledges`;
};

export type BannerOptions = {
  /** Cells that there are; no end where it is not drawn. */
  width?: number;
  cut?: string;
  isHeard?: boolean;
};

/**
 * The recovery that is to be acknowledged next, by whom, and how many others there are; nothing where there is none. Where it
 * is too long, what its key says in full is left out.
 */
export const recoveryBanner = (
  console: Pick<Console, 'recoveries' | 'shown'>,
  { width = Number.POSITIVE_INFINITY, cut, isHeard = false }: BannerOptions = {},
): string[] => {
  const [first, ...others] = console.recoveries.get();
  if (!first) return [];
  const more = others.length > 0 ? `(and ${others.length} more)` : '';
  const end = [whatToDo(console, first, isHeard), more].filter(Boolean).join(' ');
  const said = recoveryIn(first, width - widthOf(end) - 2, cut);
  const isCut = cut !== undefined && said.endsWith(cut);
  return [[isCut ? said : `${said}.`, end].filter(Boolean).join(' ')];
};

/** Lines of the banner. */
export const bannerLines = (console: Console): number =>
  automaticBanner(console).length + recoveryBanner(console).length;
