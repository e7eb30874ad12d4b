/**
 * The tables as SQLite holds them. `user`, `folder` and `apikey` have the columns of the Python Langinfra, so that its
 * database opens here; what is ours is added with defaults. An id is 32 hex characters, a time is UTC text
 * `YYYY-MM-DD HH:MM:SS.ffffff`, a boolean is 0 or 1.
 */
export type Schema = {
  user: UserTable;
  folder: FolderTable;
  apikey: ApiKeyTable;
  session: SessionTable;
  throttle: ThrottleTable;
  ssh_key: SshKeyTable;
  meta: MetaTable;
  audit: AuditTable;
  recovery: RecoveryTable;
  recovery_witness: RecoveryWitnessTable;
  first_step: FirstStepTable;
  second_step: SecondStepTable;
  recovery_code: RecoveryCodeTable;
};

export type UserTable = {
  id: string;
  username: string;
  /** A sealed bcrypt hash, or a plain one that the Python server wrote, or empty: no password. */
  password: string;
  profile_image: string | null;
  is_active: number;
  is_superuser: number;
  create_at: string;
  updated_at: string;
  last_login_at: string | null;
  store_api_key: string | null;
  /** Ours: raised by each change of username, image, flags or password. */
  version: number;
  /** Ours: the username under case folding. Not unique in the table: the Python server did not fold. */
  username_fold: string;
  /** Ours: what the username looks like (skeleton.ts). Names that look alike have the same. */
  username_skeleton: string;
  /** Ours: the bcrypt cost of the password, 0 for none. */
  password_cost: number;
  /** Ours: the one account that automatic sign-in uses. */
  is_automatic: number;
  /** Ours: whether a new password has to be set before anything else. */
  must_change: number;
};

export type FolderTable = {
  id: string;
  name: string;
  description: string | null;
  parent_id: string | null;
  user_id: string | null;
};

export type ApiKeyTable = {
  name: string | null;
  last_used_at: string | null;
  total_uses: number;
  is_active: number;
  id: string;
  created_at: string;
  /** `sha256:` and the hash of the key; of the Python server's encrypted keys what it wrote (migration 003). */
  api_key: string;
  user_id: string;
  /** Ours: what the key begins with. */
  key_start: string;
  /** Ours: when the key ends; null: not by itself. */
  expires_at: string | null;
};

export type SessionTable = {
  id: string;
  user_id: string;
  /** The way in: `local` for the console of a terminal here, `http` for the API, `ssh`, `browser`. */
  door: string;
  created_at: string;
  /** Null: the session does not end by itself. */
  expires_at: string | null;
  /** When a password was given to begin the session; null where none was. */
  password_at: string | null;
  /** Whether a sign-in code began it, in place of the password. */
  by_code: number;
  /** The id of the refresh token that counts, and when it was given out. */
  refresh_id: string | null;
  refreshed_at: string | null;
  /** JSON of the refresh tokens used up shortly before it, for other tabs that still hold one. */
  refresh_previous: string | null;
  /** Where it was begun: the client's address, the terminal. */
  address: string | null;
  tty: string | null;
  /** When it was used last; written now and then. Null in rows of before. */
  seen_at: string | null;
};

/** What happened (audit.ts). `origin` and `detail` are JSON. */
export type AuditTable = {
  id: number;
  at: string;
  event: string;
  outcome: string;
  actor_id: string | null;
  actor_name: string | null;
  door: string;
  origin: string;
  target_id: string | null;
  target_name: string | null;
  detail: string;
  key_id: string;
  mac: string;
};

export type ThrottleTable = {
  /** What is tried, and from where (store/throttle.ts). */
  about: string;
  source: string;
  tries: number;
  /** JSON of when, the last one first. */
  times: string;
  expires_at: string;
};

/** What `langinfra recover` did (recoveries.ts). */
export type RecoveryTable = {
  id: string;
  user_id: string;
  username: string;
  made_at: string;
  os_user: string | null;
  tty: string | null;
  /** What stands for the code; null where that was used, or does not count any more. */
  code: string | null;
  expires_at: string;
  acknowledged_at: string | null;
};

/** Who else was a superuser when somebody was recovered. */
export type RecoveryWitnessTable = { recovery_id: string; user_id: string };

/** Sign-ins whose one-time code is still to come (first-steps.ts). */
export type FirstStepTable = {
  id: string;
  user_id: string;
  username: string;
  place: string;
  /** JSON. */
  origin: string;
  at: string;
};

export type SecondStepTable = {
  user_id: string;
  /** Sealed. */
  secret: string;
  confirmed_at: string;
  /** The time step of the code that was used last: no code of it, or of one before, counts again. */
  last_step: number;
};

export type RecoveryCodeTable = {
  user_id: string;
  hash: string;
  /** Null: not yet. */
  used_at: string | null;
};

/** The public keys that users sign in with over SSH. */
export type SshKeyTable = {
  id: string;
  user_id: string;
  type: string;
  /** In base64. */
  blob: string;
  comment: string;
  fingerprint: string;
  created_at: string;
  last_used_at: string | null;
};

export type MetaTable = { key: string; value: string };
