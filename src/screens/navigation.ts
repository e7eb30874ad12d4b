import type { FirstStep } from './one-time-code.ts';

/** Where a console can go. Screens know these names and not each other. */
export type Navigation = {
  /** The login screen, or the form for the first superuser where there is none. */
  login: (notice?: string) => Promise<void>;
  /** Where the password was right and a one-time code is needed too. */
  oneTimeCode: (first: FirstStep) => void;
  /** Where people may make their own accounts. */
  signUp: () => void;
  /**
   * What somebody who has just signed in sees: the form for a new password where there has to be one, else the Admin Page,
   * or the Profile of an ordinary user.
   */
  home: () => Promise<void>;
  adminPage: () => Promise<void>;
  profile: () => void;
  /** Who is signed in, and what happened: for superusers. */
  sessions: () => void;
  audit: () => void;
  menu: () => void;
  signOut: () => Promise<void>;
};
