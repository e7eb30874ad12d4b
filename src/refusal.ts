import { apiKeyRefusals } from './refusal/api-keys.ts';
import { fileRefusals } from './refusal/files.ts';
import { keptWords } from './refusal/kept.ts';
import { limitRefusals } from './refusal/limits.ts';
import { passwordRefusals } from './refusal/passwords.ts';
import { recoveryRefusals } from './refusal/recovery.ts';
import { signInRefusals } from './refusal/sign-in.ts';
import { sshDoorRefusals } from './refusal/ssh-door.ts';
import { sshKeyRefusals } from './refusal/ssh-keys.ts';
import { printable, shellQuoted } from './text.ts';

/**
 * Every "no" of the program, in one place: the words a person reads, the HTTP status, the exit code.
 * Exit codes: 1 failed, 2 wrong use or settings, 3 already exists, 4 not found, 5 refused by a rule or the
 * password policy, 6 sign-in failed, 7 database, 8 the secret key does not match the database.
 */
const table = {
  bad_setting: { words: (d: { sentence: string }) => d.sentence, http: 500, exit: 2 },
  wrong_use: { words: (d: { sentence: string }) => d.sentence, http: 400, exit: 2 },
  nothing_piped: {
    words: (d: { what: string; instead?: string }) =>
      `No ${d.what} came from stdin. Pipe one in${d.instead ? `, or use ${d.instead}` : ''}`,
    http: 400,
    exit: 2,
  },
  no_terminal: {
    words: 'The console needs a terminal. Without one, use: langinfra run --headless',
    http: 500,
    exit: 2,
  },
  unsafe_auto_login: {
    words: (d: { because: string; otherwise: string }) =>
      `${d.because}, so automatic sign-in would let anybody in. Set LANGINFRA_AUTO_LOGIN=False, or ${d.otherwise}`,
    http: 500,
    exit: 2,
  },
  port_in_use: {
    words: (d: { host: string; port: number }) =>
      `Port ${d.port} on ${d.host} is in use. Stop what listens there, or choose another with --port`,
    http: 500,
    exit: 1,
  },
  cannot_listen: {
    words: (d: { host: string; port: number; reason: string }) =>
      `Cannot listen on ${d.host} port ${d.port}: ${d.reason}`,
    http: 500,
    exit: 1,
  },
  output_lost: {
    words: (d: { code: string | undefined }) =>
      `The output cannot be written: ${d.code === 'ENOSPC' ? 'the disk is full' : d.code}`,
    http: 500,
    exit: 1,
  },
  stopped: { words: 'Stopped. Nothing was changed', http: 500, exit: 1 },

  username_unavailable: { words: 'This username is unavailable.', http: 400, exit: 3 },
  user_exists: {
    words: (d: { username: string }) =>
      `The user ${d.username} already exists. To make it a superuser with this password, add --update`,
    http: 400,
    exit: 3,
  },
  superuser_exists: { words: 'There is a superuser already. Sign in as one', http: 409, exit: 3 },

  user_not_found: { words: 'User not found', http: 404, exit: 4 },
  no_users_named: {
    words: (d: { usernames: readonly string[] }) => `There are no users ${d.usernames.join(', ')}`,
    http: 404,
    exit: 4,
  },
  no_user_named: { words: (d: { username: string }) => `There is no user ${d.username}`, http: 404, exit: 4 },

  last_superuser: { words: 'The last superuser stays', http: 409, exit: 5 },
  own_active: { words: "You can't deactivate the account you are signed in with", http: 409, exit: 5 },
  own_superuser: { words: "You can't demote the account you are signed in with", http: 409, exit: 5 },
  own_account: { words: "You can't delete your own user account", http: 400, exit: 5 },
  own_password: {
    words: 'Change your own password in your Profile, which asks for the present one',
    http: 400,
    exit: 5,
  },
  automatic_account: {
    words: 'The automatic account stays as it is',
    http: 409,
    exit: 5,
  },
  automatic_name_taken: {
    words:
      'The name langinfra is reserved for automatic sign-in, and a user with a password has it. Rename that user, or set LANGINFRA_AUTO_LOGIN=False',
    http: 409,
    exit: 5,
  },
  superuser_is_none: {
    // With a password of the operator's: whoever signed up with the name must not become one with theirs.
    words: (d: { username: string; isActive: boolean }) =>
      `LANGINFRA_SUPERUSER names ${d.username}, who exists and is ${d.isActive ? 'no superuser' : 'neither active nor a superuser'}, and no other superuser can sign in. Make it one, with a password of yours: langinfra superuser --username ${shellQuoted(d.username)}`,
    http: 500,
    exit: 5,
  },
  user_has_data: {
    words: 'This user still has flows or variables of the Python Langinfra. Delete those there first',
    http: 409,
    exit: 5,
  },
  stale_change: {
    words: (d: { username: string; differences: string }) =>
      `${d.username} was changed meanwhile: ${d.differences}. Nothing was changed now; look again`,
    http: 409,
    exit: 5,
  },
  plan_changed: {
    words: 'Others changed some of these users meanwhile. Look at the plan again',
    http: 409,
    exit: 5,
  },
  some_refused: { words: (d: { sentence: string }) => d.sentence, http: 409, exit: 5 },
  not_undone: { words: 'A deletion cannot be undone', http: 409, exit: 5 },
  sign_up_off: { words: 'Nobody can sign up here: LANGINFRA_ENABLE_SIGNUP is off', http: 403, exit: 5 },
  username_empty: { words: 'A username has at least one character', http: 422, exit: 5 },
  username_too_long: { words: 'A username has at most 64 characters', http: 422, exit: 5 },
  username_spaces: { words: 'A username has no space at its ends', http: 422, exit: 5 },
  username_unprintable: {
    words: 'A username has no control, invisible or broken characters',
    http: 422,
    exit: 5,
  },
  username_reserved: {
    words: 'The name langinfra is reserved for automatic sign-in',
    http: 400,
    exit: 5,
  },
  image_too_long: { words: 'A profile image has at most 1024 characters', http: 422, exit: 5 },
  image_broken: { words: 'A profile image has no control or broken characters', http: 422, exit: 5 },
  ...passwordRefusals,
  password_unchanged: { words: "You can't use your current password", http: 400, exit: 5 },
  others_password: { words: "You can't change another user's password", http: 400, exit: 5 },
  passwords_differ: { words: 'The two passwords are not the same', http: 422, exit: 5 },
  current_password_wrong: { words: 'The current password is not right', http: 400, exit: 5 },
  current_password_missing: {
    words: 'Your current password is needed too (current_password), unless you have just signed in with it',
    http: 400,
    exit: 5,
  },

  superuser_needed: { words: "The user doesn't have enough privileges", http: 403, exit: 5 },
  permission_denied: { words: 'Permission denied', http: 403, exit: 5 },
  not_your_password: { words: "You can't change your password here", http: 400, exit: 5 },

  bad_request: { words: (d: { sentence: string }) => d.sentence, http: 422, exit: 2 },
  no_such_path: { words: 'Not Found', http: 404, exit: 4 },
  wrong_method: { words: 'Method Not Allowed', http: 405, exit: 2 },
  body_too_large: {
    words: (d: { most: string }) => `The body is larger than ${d.most}`,
    http: 413,
    exit: 2,
  },
  wrong_content_type: {
    words: (d: { wanted: string }) => `Send the body as ${d.wanted}`,
    http: 415,
    exit: 2,
  },
  bad_content_type: { words: 'The Content-Type is not well-formed', http: 415, exit: 2 },
  encoded_body: { words: 'Send the body without a Content-Encoding', http: 415, exit: 2 },
  wrong_charset: { words: 'Send the body in UTF-8', http: 415, exit: 2 },
  /** Nobody but an attacker or a broken program sends such a thing: what exactly it is helps only one of them. */
  broken_request: { words: 'Bad Request', http: 400, exit: 2 },
  too_many_headers: {
    words: (d: { most: number }) => `A request has at most ${d.most} headers`,
    http: 431,
    exit: 2,
  },
  bad_expectation: { words: 'Expectation Failed', http: 417, exit: 2 },
  bad_host: {
    words: 'This host name is not served here. LANGINFRA_ALLOWED_HOSTS names the ones that are',
    http: 400,
    exit: 1,
  },
  upgrade_needed: { words: 'This path speaks over a WebSocket, with the page /admin', http: 426, exit: 1 },
  bad_origin: { words: 'This request came from another site', http: 403, exit: 1 },

  /** Nobody reads the answer. The status is what nginx writes into its log then. */
  hung_up: { words: 'The client hung up', http: 499, exit: 1 },
  server_stopping: { words: 'The server is stopping', http: 503, exit: 1 },

  ...signInRefusals,
  ...apiKeyRefusals,
  ...sshKeyRefusals,
  ...sshDoorRefusals,
  ...recoveryRefusals,
  ...limitRefusals,
  ...fileRefusals,
} as const satisfies Record<
  string,
  { words: string | ((details: never) => string); http: number; exit: number }
>;

export type RefusalCode = keyof typeof table;
type Words<Code extends RefusalCode> = (typeof table)[Code]['words'];
type Details<Code extends RefusalCode> = Words<Code> extends (details: infer D) => string ? [D] : [];

/** A refusal whose words need no details, so that a rule can be a function that returns one or nothing. */
export type Reason = { [Code in RefusalCode]: Words<Code> extends string ? Code : never }[RefusalCode];

/** A rule or the ground says no. The message is one sentence without a full stop unless the API fixes it. */
export class Refusal<Code extends RefusalCode = RefusalCode> extends Error {
  override readonly name = 'Refusal';
  readonly code: Code;
  readonly http: number;
  readonly exit: number;
  /** In so many seconds the same may go well; undefined where waiting is no help, or nobody knows how long. */
  readonly retryAfter: number | undefined;

  constructor(code: Code, ...[details]: Details<Code>) {
    const entry = table[code];
    const words = entry.words as string | ((details: unknown) => string);
    super(printable(typeof words === 'string' ? words : words(details)));
    this.code = code;
    this.http = entry.http;
    this.exit = entry.exit;
    this.retryAfter = (details as { seconds?: number } | undefined)?.seconds;
  }
}

/** The sentence of a reason, for a screen that says why a key cannot act now. */
export const wordsOf = (reason: Reason): string => table[reason].words as string;

/** The sentence of any refusal that was kept by its code, without its details. */
export const wordsOfCode = (code: string): string => {
  const words = code in table ? table[code as RefusalCode].words : undefined;
  return typeof words === 'string' ? words : (keptWords.get(code) ?? code.replaceAll('_', ' '));
};

/** A refusal as an example: its words have the names of the details in the details' places, `{least}`. */
export const sampleOf = (code: RefusalCode): Refusal => {
  const names = new Proxy({}, { get: (_, name) => `{${String(name)}}` });
  return Reflect.construct(Refusal, [code, names]);
};

/** The HTTP status of a refusal. */
export const statusOf = (code: RefusalCode): number => table[code].http;

/** Throws the refusal if there is a reason. */
export const refuseIf = (reason: Reason | undefined): void => {
  if (reason) throw new Refusal(reason);
};

/** Whether the same may go well a little later: the database was busy, the disk full. */
export const isUnavailable = (error: unknown): boolean => error instanceof Refusal && error.http === 503;
