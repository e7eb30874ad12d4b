import { Refusal } from '../refusal.ts';
import type { User } from '../store/users.ts';

/** What whoever asks for a change saw of the user: the version, and the rest where it is known. */
export type Seen = Pick<User, 'version'> & Partial<User>;

const yesNo = (flag: boolean | undefined): string => (flag ? 'yes' : 'no');

/** What is different of a user between what was seen and what is, as parts of a sentence. */
export const differencesOf = (seen: Seen, user: User): string[] => {
  const differences: string[] = [];
  if (seen.username !== undefined && seen.username !== user.username) {
    differences.push(`it was called ${seen.username}`);
  }
  if (seen.isActive !== undefined && seen.isActive !== user.isActive) {
    differences.push(`Active was ${yesNo(seen.isActive)} and is ${yesNo(user.isActive)}`);
  }
  if (seen.isSuperuser !== undefined && seen.isSuperuser !== user.isSuperuser) {
    differences.push(`Superuser was ${yesNo(seen.isSuperuser)} and is ${yesNo(user.isSuperuser)}`);
  }
  if (seen.mustChangePassword !== undefined && seen.mustChangePassword !== user.mustChangePassword) {
    differences.push(
      `Must change password was ${yesNo(seen.mustChangePassword)} and is ${yesNo(user.mustChangePassword)}`,
    );
  }
  if (differences.length === 0) differences.push(`it was version ${seen.version} and is ${user.version}`);
  return differences;
};

/** Refuses a change that was decided on an older version, and says what is different: then and now. */
export const refuseStale = (user: User, seen: Seen | undefined): void => {
  if (seen === undefined || seen.version === user.version) return;
  throw new Refusal('stale_change', {
    username: user.username,
    differences: differencesOf(seen, user).join(', '),
  });
};
