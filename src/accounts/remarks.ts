import { isMatch } from '../store/user-filters.ts';
import type { User } from '../store/users.ts';
import type { Context } from './context.ts';

/** What is to be known of a user in a list beside its columns, in a word or two. */
export const remarkOn = ({ settings, clock }: Pick<Context, 'settings' | 'clock'>, user: User): string => {
  if (user.isAutomatic) return settings.autoLogin ? 'automatic' : 'automatic (off)';
  return isMatch(user, { filter: 'pending' }) ? `waits ${ageOf(user.createdAt, clock())}` : '';
};

/** How long ago a timestamp was, in one unit: `3 d`. */
const ageOf = (timestamp: string, now: Date): string => {
  const minutes = Math.max(1, Math.floor((now.getTime() - Date.parse(timestamp)) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
};
