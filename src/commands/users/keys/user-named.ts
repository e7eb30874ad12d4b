import type { User } from '../../../store/users.ts';
import type { CommandWorld } from '../../with-world.ts';

/** The user of that name: the own one for anybody. Throws no_user_named, superuser_needed and session_ended. */
export const userNamed = async ({ accounts, operator }: CommandWorld, name: string): Promise<User> => {
  const own = await accounts.sessions.current(operator);
  return own?.username === name ? own : accounts.users.findByName(operator, name);
};
