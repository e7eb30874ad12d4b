import { formKeys, type Keymap, quitAnywhere } from './keymap-parts.ts';

/** The second step of the login screen. */
export const oneTimeCodeKeys = {
  next: formKeys.next,
  previous: formKeys.previous,
  enter: { keys: ['enter'], does: 'signs in', footer: 'sign in' },
  cancel: { keys: ['esc'], does: 'goes back to the login screen', footer: 'back' },
  quit: quitAnywhere,
} as const satisfies Keymap;

/** Setting one-time codes up. */
export const enrolmentKeys = {
  next: formKeys.next,
  previous: formKeys.previous,
  enter: { keys: ['enter'], does: 'confirms with the code', footer: 'confirm' },
  copySecret: { keys: ['ctrl-y'], does: 'copies the secret to the clipboard', footer: 'copy the secret' },
  cancel: formKeys.cancel,
} as const satisfies Keymap;

/** Enter is none of them: it was pressed a moment ago, to confirm. */
export const recoveryCodesKeys = {
  copy: { keys: ['c', 'y'], does: 'copies the recovery codes to the clipboard', footer: 'copy' },
  back: { keys: ['esc', 'q'], does: 'goes back; they are not shown again', footer: 'I have kept them' },
} as const satisfies Keymap;
