import type * as z from 'zod/mini';
import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../accounts/actor.ts';
import { userJson } from '../accounts/user-json.ts';
import type { RefusalCode } from '../refusal.ts';
import type { User } from '../store/users.ts';
import { userRead } from './answers.ts';
import { clientAddress, originOf } from './clients.ts';
import type { Guards } from './guards.ts';
import type { Route } from './route.ts';
import { newUser } from './schemas.ts';
import { badName, badPassword } from './users.ts';
import { endOfWaiting } from './waiting.ts';

type NewUser = z.output<typeof newUser>;

const refuses = [
  'username_unavailable',
  'username_reserved',
  ...badName,
  ...badPassword,
  'too_busy',
] as const satisfies RefusalCode[];

const endpoint = {
  method: 'POST',
  path: '/api/v1/users/',
  takes: 'json',
  shapes: { body: newUser },
  answers: { 201: userRead },
} as const;

/** Superusers add users; where sign-up is on, everybody else makes an own account by the same request. */
export const newUserRoutes = (
  accounts: Accounts,
  { everybody, superuser }: Guards,
  stopping: AbortSignal,
): Route[] => {
  const add = (actor: Actor, { username, password, is_active, is_superuser }: NewUser): Promise<User> =>
    accounts.users.create(actor, { username, password, isActive: is_active, isSuperuser: is_superuser });

  if (!accounts.settings.enableSignup) {
    return [
      superuser({
        ...endpoint,
        summary: 'Add a user',
        refuses,
        handle: async ({ asking, body }) => userJson(await add(asking.actor, body)),
      }),
    ];
  }
  return [
    everybody({
      ...endpoint,
      summary: 'Sign up; as a superuser, add a user',
      proofs: ['bearer', 'apiKey', 'nothing'],
      refuses: [...refuses, 'too_many_sign_ups', 'too_many_pending', 'superuser_needed', 'server_stopping'],
      handle: async ({ request, reply, asking, body }) => {
        if (asking?.user.isSuperuser) return userJson(await add(asking.actor, body));
        const { username, password } = body;
        const [source, signal] = [clientAddress(request), endOfWaiting(reply, stopping)];
        return userJson(
          await accounts.signUp({
            username,
            password,
            source,
            actor: asking?.actor,
            from: originOf(request),
            signal,
          }),
        );
      },
    }),
  ];
};
