import type { Accounts } from '../accounts/accounts.ts';
import { userJson } from '../accounts/user-json.ts';
import type { RefusalCode } from '../refusal.ts';
import { sentence, userPage, userRead } from './answers.ts';
import { cursorText, placeOf } from './cursor.ts';
import type { Guards } from './guards.ts';
import type { Route } from './route.ts';
import { ownPassword, userChange, userId, userList } from './schemas.ts';
import { endOfWaiting } from './waiting.ts';

export const badName = [
  'username_empty',
  'username_too_long',
  'username_spaces',
  'username_unprintable',
] as const satisfies RefusalCode[];
export const badPassword = [
  'password_too_short',
  'password_too_long',
  'password_broken',
  'password_nul',
  'password_is_username',
  'password_near_username',
  'password_usual_word',
  'password_regular',
  'password_common',
] as const satisfies RefusalCode[];
const wrongPassword = [
  'current_password_missing',
  'current_password_wrong',
  'too_many_attempts',
  'too_busy',
  'server_stopping',
  'password_unchanged',
  ...badPassword,
] as const;
const guardRefusals = [
  'last_superuser',
  'own_active',
  'own_superuser',
  'automatic_account',
  'stale_change',
] as const satisfies RefusalCode[];

/** The signal tells that the server stops. */
export const userRoutes = (
  accounts: Accounts,
  { signedIn, evenConfined, superuser }: Guards,
  stopping: AbortSignal,
): Route[] => [
  evenConfined({
    method: 'GET',
    path: '/api/v1/users/whoami',
    summary: 'The user who asks',
    answers: { 200: userRead },
    handle: async ({ asking }) => userJson(asking.user),
  }),

  superuser({
    method: 'GET',
    path: '/api/v1/users/',
    summary: 'A page of the list of users',
    shapes: { query: userList },
    answers: { 200: userPage },
    handle: async ({ asking: { actor }, query: { skip, limit, after, ...list } }) => {
      const start = after === undefined ? { skip } : { after: placeOf(after, list) };
      // One more than is shown: it tells whether there is a next page.
      const { users, total } = await accounts.users.pageOfAll(actor, list, start, limit + 1);
      const shown = users.slice(0, limit);
      const last = users.length > limit ? shown.at(-1) : undefined;
      return {
        total_count: total,
        users: shown.map(({ user }) => userJson(user)),
        next: last ? cursorText(last.place, list) : null,
      };
    },
  }),

  signedIn({
    method: 'GET',
    path: '/api/v1/users/:id',
    summary: 'A user: any for a superuser, oneself for anybody',
    shapes: { params: userId },
    answers: { 200: userRead },
    refuses: ['superuser_needed', 'user_not_found'],
    handle: async ({ asking, params }) => userJson(await accounts.users.find(asking.actor, params.id)),
  }),

  signedIn({
    method: 'PATCH',
    path: '/api/v1/users/:id',
    summary: 'Change a user: any by a superuser, the own name and image by anybody',
    takes: 'json',
    shapes: { params: userId, body: userChange },
    answers: { 200: userRead },
    refuses: [
      ...guardRefusals,
      'permission_denied',
      'not_your_password',
      'user_not_found',
      'username_unavailable',
      'username_reserved',
      'image_too_long',
      'image_broken',
      ...badName,
      ...wrongPassword,
    ],
    handle: async ({ asking: { actor, user }, params: { id }, body, reply }) => {
      const edit = {
        username: body.username,
        profileImage: body.profile_image,
        isActive: body.is_active,
        isSuperuser: body.is_superuser,
      };
      const seen = body.version === undefined ? undefined : { version: body.version };
      const isOwnPassword = body.password && user.isSuperuser && user.id === id;
      if (!isOwnPassword) {
        return userJson(await accounts.users.change(actor, id, { ...edit, password: body.password }, seen));
      }
      const passwords = { next: body.password ?? '', current: body.current_password || undefined };
      const signal = endOfWaiting(reply, stopping);
      return userJson(await accounts.changeOwnPassword(actor, { ...passwords, edit, seen, signal }));
    },
  }),

  evenConfined({
    method: 'PATCH',
    path: '/api/v1/users/:id/reset-password',
    summary: 'Change the own password; the other sessions end',
    takes: 'json',
    shapes: { params: userId, body: ownPassword },
    answers: { 200: userRead },
    refuses: ['others_password', 'automatic_account', ...wrongPassword],
    handle: async ({ asking, params: { id: userId }, body: { password: next, current_password }, reply }) => {
      const signal = endOfWaiting(reply, stopping);
      const wish = { userId, next, current: current_password || undefined, signal };
      return userJson(await accounts.changeOwnPassword(asking.actor, wish));
    },
  }),

  superuser({
    method: 'DELETE',
    path: '/api/v1/users/:id',
    summary: 'Delete a user, with its folders, API keys and sessions',
    shapes: { params: userId },
    answers: { 200: sentence },
    refuses: [...guardRefusals, 'own_account', 'user_not_found', 'user_has_data'],
    handle: async ({ asking, params }) => {
      await accounts.users.remove(asking.actor, params.id);
      return { detail: 'User deleted' };
    },
  }),
];
