import { enrolmentKeys, oneTimeCodeKeys, recoveryCodesKeys } from './keymap-codes.ts';
import { everywhere, formKeys, type Keymap, menu, movesIn, quitAnywhere, undo } from './keymap-parts.ts';
import { auditKeys, sessionsKeys } from './keymap-records.ts';
import { symbolsOf } from './symbols.ts';

export { formKeys, type Keymap };

const asCommand = {
  keys: ['c'],
  does: 'shows the command that does the same',
  footer: 'command',
} as const;
const ofUser = {
  edit: { keys: ['e'], does: 'edits the user', footer: 'edit' },
  resetPassword: { keys: ['p'], does: 'resets the password', footer: 'password' },
  remove: { keys: ['d', 'delete'], does: 'deletes the user, after a question', footer: 'delete' },
  unlock: { keys: ['U'], does: 'unlocks the user: forgets the failed sign-ins that hold it up' },
  copy: { keys: ['y'], does: 'copies the username to the clipboard' },
} as const satisfies Keymap;

export const adminKeys = {
  details: { keys: ['enter'], does: 'shows everything about the user', footer: 'details' },
  toggleActive: { keys: ['a'], does: 'toggles Active', footer: 'active' },
  toggleSuperuser: { keys: ['s'], does: 'toggles Superuser', footer: 'superuser' },
  newUser: { keys: ['n'], does: 'adds a user', footer: 'new' },
  search: { keys: ['/'], does: 'searches usernames', footer: 'search' },
  menu,
  edit: ofUser.edit,
  remove: ofUser.remove,
  resetPassword: ofUser.resetPassword,
  undo,
  toggle: { keys: ['space'], does: 'toggles the chosen cell' },
  left: { keys: ['left', 'h'], does: 'chooses the Active cell' },
  right: { keys: ['right', 'l'], does: 'chooses the Superuser cell' },
  ...movesIn('user'),
  mark: { keys: ['x'], does: 'marks the user, or unmarks it: a, s and d act on all marked ones' },
  markRange: { keys: ['V'], does: 'marks all from the user marked last to this one' },
  markAll: { keys: ['*'], does: 'marks all that match, or nobody' },
  filter: { keys: ['f'], does: 'shows all, pending, active or inactive users, or superusers' },
  sort: { keys: ['o'], does: 'sorts by the next column' },
  reverse: { keys: ['O'], does: 'reverses the order' },
  why: { keys: ['w'], does: 'says why the user can or cannot sign in' },
  unlock: ofUser.unlock,
  copy: ofUser.copy,
  audit: { keys: ['A'], does: 'opens the audit: what happened' },
  refresh: { keys: ['r'], does: 'reads the list again' },
  back: { keys: ['esc'], does: 'goes one step back: clears the search, the filter, the marks' },
  ...everywhere,
} as const satisfies Keymap;

/** What the footer says while a search is typed. */
export const searchKeys = {
  keep: { keys: ['enter'], does: 'keeps the search', footer: 'keep' },
  clear: { keys: ['esc'], does: 'clears the search', footer: 'clear' },
} as const satisfies Keymap;

export const profileKeys = {
  up: { keys: ['up', 'k', 'shift-tab'], does: 'goes up' },
  down: { keys: ['down', 'j', 'tab'], does: 'goes down' },
  choose: { keys: ['enter', 'space'], does: 'does what is chosen', footer: 'choose' },
  menu,
  undo,
  back: { keys: ['esc'], does: 'goes back to the Admin Page', footer: 'back' },
  ...everywhere,
} as const satisfies Keymap;

export const detailsKeys = {
  ...ofUser,
  copy: { ...ofUser.copy, footer: 'copy' },
  undo,
  resetSecondStep: { keys: ['t'], does: 'resets the one-time codes, after a question' },
  history: { keys: ['h'], does: 'shows all that happened to the user', footer: 'history' },
  command: asCommand,
  help: everywhere.help,
  back: { keys: ['esc', 'enter', 'q'], does: 'goes back to the list', footer: 'back' },
} as const satisfies Keymap;

export const menuKeys = {
  up: { keys: ['up', 'k', 'shift-tab'], does: 'goes up' },
  down: { keys: ['down', 'j', 'tab'], does: 'goes down' },
  choose: { keys: ['enter', 'space'], does: 'does what is chosen', footer: 'choose' },
  back: { keys: ['esc', 'm', 'q'], does: 'closes the menu', footer: 'close' },
} as const satisfies Keymap;

const answerKeys = {
  yes: { keys: ['y'], does: 'answers yes', footer: 'yes' },
  no: { keys: ['n', 'esc'], does: 'answers no: nothing changes', footer: 'no' },
  move: {
    keys: ['left', 'right', 'h', 'l', 'tab', 'shift-tab', 'up', 'down'],
    does: 'goes to the other answer',
  },
  choose: { keys: ['enter', 'space'], does: 'gives the chosen answer', footer: 'choose' },
} as const satisfies Keymap;

export const confirmKeys = { ...answerKeys, command: asCommand } as const satisfies Keymap;

/** A plan for the marked users. The key that asked for it turns it round. */
export const planKeys = {
  ...answerKeys,
  turn: { keys: ['a', 's'], does: 'plans the opposite instead', footer: 'the opposite' },
  command: asCommand,
} as const satisfies Keymap;

/** A deletion has no opposite. */
export const removalPlanKeys = confirmKeys;

export const progressKeys = {
  back: { keys: ['esc'], does: 'takes everything back', footer: 'take back' },
} as const satisfies Keymap;

/** A command that does the same as something in the console. */
export const commandKeys = {
  copy: { keys: ['c', 'y'], does: 'copies the command to the clipboard', footer: 'copy' },
  back: { keys: ['esc', 'left', 'enter', 'q'], does: 'goes back', footer: 'back' },
} as const satisfies Keymap;

export const textKeys = {
  back: { keys: ['esc', 'enter', 'space', 'q'], does: 'goes back', footer: 'back' },
} as const satisfies Keymap;

/** Of a form that sets a password. */
export const passwordKeys = {
  generate: { keys: ['ctrl-g'], does: 'makes a password and shows it', footer: 'make a password' },
  copyMade: { keys: ['ctrl-y'], does: 'copies the password that was made to the clipboard' },
} as const satisfies Keymap;

export const passwordFormKeys = {
  next: formKeys.next,
  previous: formKeys.previous,
  enter: formKeys.enter,
  ...passwordKeys,
  save: formKeys.save,
  cancel: formKeys.cancel,
} as const satisfies Keymap;

export const loginKeys = {
  next: formKeys.next,
  previous: formKeys.previous,
  enter: { keys: ['enter'], does: 'goes to Password, and from there signs in', footer: 'sign in' },
  quit: quitAnywhere,
} as const satisfies Keymap;

export const lockKeys = {
  next: formKeys.next,
  previous: formKeys.previous,
  enter: { keys: ['enter'], does: 'unlocks, or presses the button', footer: 'unlock' },
  quit: { keys: ['ctrl-c'], does: 'quits; on a button q does so too', footer: 'quit' },
} as const satisfies Keymap;

export const firstSuperuserKeys = {
  next: formKeys.next,
  previous: formKeys.previous,
  enter: formKeys.enter,
  ...passwordKeys,
  save: formKeys.save,
  quit: quitAnywhere,
} as const satisfies Keymap;

export const signUpKeys = {
  next: formKeys.next,
  // Its word is the one that the footer has no room for.
  previous: { keys: formKeys.previous.keys, does: formKeys.previous.does },
  enter: formKeys.enter,
  ...passwordKeys,
  save: formKeys.save,
  cancel: { keys: ['esc'], does: 'goes back to the login screen', footer: 'back' },
  quit: quitAnywhere,
} as const satisfies Keymap;

/** Of the new password that has to be chosen before anything else. */
export const changePasswordKeys = {
  next: formKeys.next,
  // Its word is the one that the footer has no room for.
  previous: { keys: formKeys.previous.keys, does: formKeys.previous.does },
  enter: formKeys.enter,
  ...passwordKeys,
  save: formKeys.save,
  cancel: { keys: ['esc'], does: 'signs out', footer: 'sign out' },
  quit: quitAnywhere,
} as const satisfies Keymap;

export const helpKeys = {
  up: { keys: ['up', 'shift-tab'], does: 'goes up' },
  down: { keys: ['down', 'tab'], does: 'goes down' },
  choose: { keys: ['enter'], does: 'does the chosen thing', footer: 'do it' },
  entry: { keys: ['right'], does: 'shows it as a command, which c copies', footer: 'as a command' },
  back: { keys: ['esc'], does: 'closes the help', footer: 'close' },
} as const satisfies Keymap;

/** Every table with its heading, for docs/keys.md. */
export const allKeys: Readonly<Record<string, Keymap>> = {
  'Admin Page': adminKeys,
  'Details of a user': detailsKeys,
  Profile: profileKeys,
  Sessions: sessionsKeys,
  Audit: auditKeys,
  'Profile menu': menuKeys,
  Forms: formKeys,
  'Forms that set a password': passwordKeys,
  Login: loginKeys,
  'One-time code at the login': oneTimeCodeKeys,
  'Setting up one-time codes': enrolmentKeys,
  'Recovery codes': recoveryCodesKeys,
  Locked: lockKeys,
  'Sign up': signUpKeys,
  'First Superuser': firstSuperuserKeys,
  'Change password': changePasswordKeys,
  Questions: confirmKeys,
  'Plans for marked users': planKeys,
  'Work on many users': progressKeys,
  Messages: textKeys,
  Help: helpKeys,
  Commands: commandKeys,
};

/** The action a key runs on a screen. */
export const actionOf = <M extends Keymap>(keymap: M, name: string): keyof M | undefined =>
  Object.keys(keymap).find(action => keymap[action]?.keys.includes(name));

const shownNames: Record<string, string> = {
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  delete: 'Del',
};

const arrows = { up: 'keyUp', down: 'keyDown', left: 'keyLeft', right: 'keyRight' } as const;

/** A key as a person calls it. */
export const shownKey = (name: string, symbols = symbolsOf(false)): string =>
  name in arrows ? symbols[arrows[name as keyof typeof arrows]] : (shownNames[name] ?? name);

/** The key tables as docs/keys.md has them. */
export const keysAsMarkdown = (tables: Readonly<Record<string, Keymap>>): string => {
  const sections = Object.entries(tables).map(([title, keymap]) => {
    const rows = Object.values(keymap).map(
      ({ keys, does }) => `| ${keys.map(key => `\`${shownKey(key)}\``).join(' ')} | ${does} |`,
    );
    return `## ${title}\n\n| Key | What it does |\n|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Keys\n\nMade from the key tables of the console by \`npm run docs\`. \`ctrl-c\` quits everywhere, \`ctrl-l\` draws the screen again\nand \`ctrl-z\` suspends.\n\n${sections.join('\n')}`;
};
