import type { Door } from '../store/sessions.ts';

/** What differs by the door that somebody comes in through. All other rules are the same at each of them. */
type DoorRules = {
  /** The door in a word. */
  name: string;
  /** Whether what is asked there comes over a network, from an address: it waits in line behind what is asked here. */
  isRemote: boolean;
  /** Whether a program holds the session by tokens, which have lifetimes of their own; else a console does. */
  givesTokens: boolean;
  /** Whether LANGINFRA_AUTO_LOGIN signs anybody in there. */
  signsInByItself: boolean;
  /** Whether sessions of the automatic account may be begun by whoever asks, as often as they like. */
  isOpenToAll: boolean;
  /** Whether somebody may make the first superuser there. */
  makesFirstSuperuser: boolean;
  /** Whether a console goes back to the login screen when its session is over; else it ends with it. */
  signsInAgain: boolean;
};

export const doors: Readonly<Record<Door, DoorRules>> = {
  local: {
    name: 'console',
    isRemote: false,
    givesTokens: false,
    signsInByItself: true,
    isOpenToAll: false,
    makesFirstSuperuser: true,
    signsInAgain: true,
  },
  http: {
    name: 'HTTP',
    isRemote: true,
    givesTokens: true,
    signsInByItself: true,
    isOpenToAll: true,
    makesFirstSuperuser: false,
    signsInAgain: true,
  },
  ssh: {
    name: 'SSH',
    isRemote: true,
    givesTokens: false,
    signsInByItself: false,
    isOpenToAll: false,
    makesFirstSuperuser: false,
    signsInAgain: false,
  },
  browser: {
    name: 'browser',
    isRemote: true,
    givesTokens: false,
    signsInByItself: true,
    isOpenToAll: true,
    makesFirstSuperuser: false,
    signsInAgain: true,
  },
};
