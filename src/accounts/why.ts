import type { Reads } from '../store/open.ts';
import type { OpenCode } from '../store/recoveries.ts';
import type { PlacedUser } from '../store/user-lists.ts';
import type { User } from '../store/users.ts';
import { grouped, lasting, minute, printable, usersCommand } from '../text.ts';
import type { Context } from './context.ts';
import { mixesScripts } from './scripts.ts';
import type { SecondStepState } from './second-step.ts';
import type { Lock } from './throttle.ts';

/** So many other names are named. */
const mostLookAlikes = 3;
/** So many sources are named that a user has to wait at. */
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
  return [...sentences, ...others, `To let it try at once: ${usersCommand('unlock', [username])}`];
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
    `If the phone is lost and no recovery code is at hand: ${usersCommand('mfa reset', [username])}`,
  ];
};

/** Why a user can sign in or cannot, as sentences in the order in which a sign-in would find out. */
export const whySignIn = (context: Pick<Context, 'settings'>, user: User): string[] => [
  ...whetherActive(context, user),
  ...(user.mustChangePassword
    ? [`${printable(user.username)} has to change the password at the next sign-in.`]
    : []),
];

const whetherActive = (context: Pick<Context, 'settings'>, user: User): string[] => {
  const name = printable(user.username);
  if (user.isAutomatic) {
    return [
      `${name} is the automatic account: it has no password, so nobody signs in as it.`,
      context.settings.autoLogin
        ? 'Automatic sign-in is on here (LANGINFRA_AUTO_LOGIN=True) and uses it.'
        : 'Automatic sign-in is off here (LANGINFRA_AUTO_LOGIN=False), so it has no authority.',
    ];
  }
  if (user.isActive) {
    const last = user.lastLoginAt ? ` The last time was ${minute(user.lastLoginAt)} UTC.` : '';
    return [`${name} can sign in with the right password: the account is active.${last}`];
  }
  return user.lastLoginAt
    ? [
        `${name} cannot sign in: the account is not active. It signed in last at ${minute(user.lastLoginAt)} UTC.`,
      ]
    : [`${name} cannot sign in: the account waits for approval since ${minute(user.createdAt)} UTC.`];
};
