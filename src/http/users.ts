import type { Accounts } from '../accounts/accounts.ts';
import { userJson } from '../accounts/user-json.ts';
import { cursorText, placeOf } from './cursor.ts';
import type { Guards } from './guards.ts';
import type { Route } from './route.ts';
import { newUser, userChange, userId, userList } from './schemas.ts';

export const userRoutes = (accounts: Accounts, { signedIn, superuser }: Guards): Route[] => [
  signedIn({
    method: 'GET',
    path: '/api/v1/users/whoami',
    handle: async ({ asking }) => userJson(asking.user),
  }),

  superuser({
    method: 'GET',
    path: '/api/v1/users/',
    shapes: { query: userList },
    handle: async ({ asking: { actor }, query: { skip, limit, after, ...list } }) => {
      const start = after === undefined ? { skip } : { after: placeOf(after, list) };
      // One more than is shown: it tells whether there is a next page.
      const found = await accounts.users.page(actor, list, start, limit + 1);
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return {
        total_count: await accounts.users.count(actor, list),
        users: shown.map(({ user }) => userJson(user)),
        next: last ? cursorText(last.place, list) : null,
      };
    },
  }),

  superuser({
    method: 'POST',
    path: '/api/v1/users/',
    takes: 'json',
    shapes: { body: newUser },
    status: 201,
    handle: async ({ asking, body: { username, password, is_active, is_superuser } }) => {
      const account = { username, password, isActive: is_active, isSuperuser: is_superuser };
      return userJson(await accounts.users.create(asking.actor, account));
    },
  }),

  signedIn({
    method: 'PATCH',
    path: '/api/v1/users/:id',
    takes: 'json',
    shapes: { params: userId, body: userChange },
    handle: async ({ asking: { actor, user }, params: { id }, body }) => {
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
      return userJson(await accounts.changeOwnPassword(actor, { ...passwords, edit, seen }));
    },
  }),

  superuser({
    method: 'DELETE',
    path: '/api/v1/users/:id',
    shapes: { params: userId },
    handle: async ({ asking, params }) => {
      await accounts.users.remove(asking.actor, params.id);
      return { detail: 'User deleted' };
    },
  }),
];
