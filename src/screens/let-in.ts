import type { Actor } from '../accounts/actor.ts';
import type { User } from '../store/users.ts';
import { asCommand } from './as-command.ts';
import { openConfirm, type Question } from './confirm.tsx';
import type { Console } from './console.ts';

/** Who would be let in; without an id where that is a user who is not there yet. */
export type Newcomer = Pick<User, 'username'> & { id?: string };

/** Asks before somebody is let in whose name is to be doubted. */
export const askToLetIn = (
  console: Console,
  { username }: Newcomer,
  doubts: readonly string[],
  answers: Pick<Question, 'confirmed' | 'declined'> & Partial<Pick<Question, 'command'>>,
): void =>
  openConfirm(console, {
    title: 'Activate a Name to Be Doubted',
    lines: doubts.map(doubt => `${doubt}.`),
    yes: 'Activate',
    command: asCommand(console, 'activate', { names: [username] }),
    ...answers,
  });

/**
 * The same for a form, which waits for the answer; a yes where nothing is to be doubted. The command does all that the
 * form does.
 */
export const mayLetIn = async (
  console: Console,
  actor: Actor,
  user: Newcomer,
  command: string | undefined,
): Promise<boolean> => {
  const { users } = console.accounts;
  // Nobody is asked about a name that is refused afterwards.
  if (user.id === undefined) await users.refuseUsername(user.username);
  const doubts = await users.doubts(actor, { id: user.id ?? '', username: user.username });
  if (doubts.length === 0) return true;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  askToLetIn(console, user, doubts, {
    command,
    confirmed: () => resolve(true),
    declined: () => resolve(false),
  });
  return promise;
};
