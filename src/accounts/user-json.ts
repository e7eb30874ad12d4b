import type { User } from '../store/users.ts';

/** A user as the HTTP API shows it, its UserRead. Never a password or its hash. */
export type UserJson = {
  /** UUID with dashes, lower case. */
  id: string;
  username: string;
  profile_image: string | null;
  store_api_key: null;
  is_active: boolean;
  is_superuser: boolean;
  create_at: string;
  updated_at: string;
  last_login_at: string | null;
  version: number;
};

export const userJson = (user: User): UserJson => ({
  id: dashed(user.id),
  username: user.username,
  profile_image: user.profileImage,
  store_api_key: null,
  is_active: user.isActive,
  is_superuser: user.isSuperuser,
  create_at: user.createdAt,
  updated_at: user.updatedAt,
  last_login_at: user.lastLoginAt,
  version: user.version,
});

/** A user as `--json` and an export show it: as the API does, and what the API's clients do not know. */
export const userRecord = (user: User) => ({
  ...userJson(user),
  must_change: user.mustChangePassword,
});

/** An id of the store as a UUID with dashes. */
export const dashed = (id: string): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
