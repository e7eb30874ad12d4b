import { shellQuoted, shortened } from '../text.ts';

/** The part of the table (refusal.ts) on signing in, and on the sessions and tokens that come of it. */
export const signInRefusals = {
  bad_credentials: { words: 'Incorrect username or password', http: 401, exit: 6 },
  waiting_for_approval: { words: 'Waiting for approval', http: 400, exit: 6 },
  /** After the right password only: to be asked again, with the field `totp`. */
  one_time_code_required: { words: 'One-time code required', http: 400, exit: 6 },
  one_time_code_wrong: { words: 'Incorrect one-time code', http: 400, exit: 6 },
  inactive_user: { words: 'Inactive user', http: 401, exit: 6 },
  too_busy: { words: 'Too many sign-ins are waiting. Try again in a few seconds', http: 503, exit: 6 },
  session_ended: { words: 'Your session has ended. Sign in again', http: 401, exit: 6 },
  unlock_wrong: { words: 'Incorrect password', http: 401, exit: 6 },
  no_address: {
    words: (d: { text: string }) =>
      `${shellQuoted(shortened(d.text))} is no address. Use one like 192.0.2.1 or 2001:db8::1`,
    http: 400,
    exit: 2,
  },
  nothing_to_unlock_with: {
    words: 'Automatic sign-in never locks: it has no password to unlock with',
    http: 409,
    exit: 5,
  },
  password_change_required: { words: 'Password change required', http: 400, exit: 6 },
  nothing_sent: { words: 'An API key must be passed as query or header', http: 403, exit: 6 },
  bad_token: { words: 'Could not validate credentials', http: 401, exit: 6 },
  token_of_nobody: { words: 'User not found or is inactive.', http: 401, exit: 6 },
  bad_refresh_token: { words: 'Invalid refresh token', http: 401, exit: 6 },

  one_time_codes_on: { words: 'One-time codes are set up already', http: 409, exit: 3 },
  one_time_codes_off: { words: 'One-time codes are not set up', http: 409, exit: 5 },
  own_one_time_codes: {
    words: 'Turn off your own one-time codes in your Profile, which asks for one',
    http: 400,
    exit: 5,
  },

  session_not_found: { words: 'There is no such session: it may have ended', http: 404, exit: 4 },
  own_session: { words: 'Sign out to end your own session', http: 409, exit: 5 },
} as const;
