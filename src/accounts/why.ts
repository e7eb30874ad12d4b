import type { Reads } from '../store/open.ts';
import type { OpenCode } from '../store/recoveries.ts';
import type { PlacedUser } from '../store/user-lists.ts';
import type { User } from '../store/users.ts';
import { grouped, lasting, minute, printable, usersCommand } from '../text.ts';
import type { Context } from './context.ts';
import { mixesScripts } from './scripts.ts';
import type { SealKind } from './seals.ts';
import type { SecondStepState } from './second-step.ts';
import type { Lock } from './throttle.ts';

/** A name that acts on a terminal makes a command that nobody can copy; it does not act here, either. */
const shownCommand = (...words: Parameters<typeof usersCommand>): string => printable(usersCommand(...words));

/** So many other names are named. */
const mostLookAlikes = 3;
/** So many sources are named that a user has to wait at, or everybody. */
const mostLocks = 3;

/** What a person should know of a username before letting its owner in; nothing where there is nothing to it. */
export const doubtOf = (username: string): string | undefined =>
  mixesScripts(username)
    ? `${printable(username)} has letters of several scripts: it may look like another name and be none`
    : undefined;

/** Whether a name mixes scripts or looks like another one. */
export const isDoubtful = ({ user, looksAlike }: Pick<PlacedUser, 'user' | 'looksAlike'>): boolean =>
  looksAlike || mixesScripts(user.username);

/** The same and whom the name looks like, as sentences without their full stops. */
export const doubtsOf = async (
  { lists }: { lists: Pick<Reads['lists'], 'lookAlikes'> },
  user: Pick<User, 'id' | 'username'>,
): Promise<string[]> => {
  const doubt = doubtOf(user.username);
  const others = await lists.lookAlikes(user, mostLookAlikes);
  const looks =
    others.length > 0
      ? `${printable(user.username)} looks like ${others.map(name => printable(name)).join(', ')}`
      : undefined;
  return [doubt, looks].filter(sentence => sentence !== undefined);
};

/** Until when a sign-in code counts for a user, as a sentence. */
export const openCodeOf = (
  { settings }: Pick<Context, 'settings'>,
  { username, isActive }: User,
  code: OpenCode | undefined,
): string[] =>
  code && isActive && settings.enableRecovery
    ? [
        `A code of langinfra recover signs ${printable(username)} in once until ${minute(code.expiresAt)} UTC, in place of the password.`,
      ]
    : [];

/** Where a user has to wait before the next sign-in, as sentences. */
export const waitsOf = ({ username }: Pick<User, 'username'>, locks: readonly Lock[]): string[] => {
  if (locks.length === 0) return [];
  const sentences = locks
    .slice(0, mostLocks)
    .map(
      ({ source, failures, seconds }) =>
        `From ${source} it has to wait for another ${lasting(seconds)}: ${failures} sign-ins failed there.`,
    );
  const more = locks.length - sentences.length;
  const others = more > 0 ? [`So it has to at ${grouped(more)} more.`] : [];
  return [...sentences, ...others, `To let it try at once: ${shownCommand('unlock', [username])}`];
};

/** From where nobody can sign in now, as sentences. */
export const heldUpAt = (sources: readonly Lock[]): string[] => {
  const sentences = sources
    .slice(0, mostLocks)
    .map(
      ({ source, failures, seconds }) =>
        `From ${source} nobody can sign in for another ${lasting(seconds)}: ${failures} sign-ins failed there in a minute. To end that: ${shownCommand('unlock', [], ['--source', source])}`,
    );
  const more = sources.length - sentences.length;
  return more > 0 ? [...sentences, `So it is at ${grouped(more)} more.`] : sentences;
};

/** What else a sign-in needs, as sentences. */
export const secondStepOf = (
  { username, isActive }: Pick<User, 'username' | 'isActive'>,
  state: SecondStepState | undefined,
): string[] => {
  if (!state || !isActive) return [];
  const { since, recoveryCodesLeft: left } = state;
  const codes = left === 1 ? 'recovery code is' : 'recovery codes are';
  return [
    `A one-time code is asked for too, since ${minute(since)} UTC; ${left} ${codes} left.`,
    `If the phone is lost and no recovery code is at hand: ${shownCommand('mfa reset', [username])}`,
  ];
};

/**
 * Why a user can sign in or cannot, as sentences in the order in which a sign-in would find out; `password` is how one is
 * stored.
 */
export const whySignIn = (context: Pick<Context, 'settings'>, user: User, password: SealKind): string[] => {
  if (user.isAutomatic) return onAutomaticAccount(context, user);
  const obstacle = obstacles[password];
  const name = printable(user.username);
  return [
    ...(obstacle
      ? [`${name} cannot sign in: ${obstacle}. To give it one: ${shownCommand('passwd', [user.username])}`]
      : []),
    ...whetherActive(user, obstacle === undefined),
  ];
};

/** What comes after a sign-in, as a sentence. */
export const mustChangeOf = ({ username, mustChangePassword }: User): string[] =>
  mustChangePassword ? [`${printable(username)} has to change the password at the next sign-in.`] : [];

/** What keeps everybody from signing in with a password that is stored so. */
const obstacles: Partial<Record<SealKind, string>> = {
  none: 'it has no password',
  unreadable: 'its password does not open with the secret key',
  unknown: 'what is stored as its password is none',
};

const onAutomaticAccount = ({ settings }: Pick<Context, 'settings'>, user: User): string[] => [
  `${printable(user.username)} is the automatic account: it has no password, so nobody signs in as it.`,
  settings.autoLogin
    ? 'Automatic sign-in is on here (LANGINFRA_AUTO_LOGIN=True) and uses it.'
    : 'Automatic sign-in is off here (LANGINFRA_AUTO_LOGIN=False), so it has no authority.',
];

const whetherActive = (user: User, hasPassword: boolean): string[] => {
  const name = printable(user.username);
  if (user.isActive) {
    const last = user.lastLoginAt ? ` The last time was ${minute(user.lastLoginAt)} UTC.` : '';
    return hasPassword
      ? [`${name} can sign in with the right password: the account is active.${last}`]
      : [`The account is active.${last}`];
  }
  return user.lastLoginAt
    ? [
        `${name} cannot sign in: the account is not active. It signed in last at ${minute(user.lastLoginAt)} UTC.`,
      ]
    : [`${name} cannot sign in: the account waits for approval since ${minute(user.createdAt)} UTC.`];
};
