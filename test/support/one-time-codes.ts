import { Secret, TOTP } from 'otpauth';
import { good, type Newcomer } from './program.ts';
import { keys } from './pty.ts';

/** Sets one-time codes up for a user, as a person does at the login screen of the built program. */
export const setUpOneTimeCodes = async (ui: ReturnType<Newcomer['terminal']>, username: string) => {
  await ui.sees('Sign in');
  ui.type(username, keys.enter, good, keys.enter);
  await ui.sees('Set up one-time codes');
  ui.type(keys.down, keys.enter);
  await ui.sees('█████', 'Then type the code');
  const letters = [...ui.screen().matchAll(/ {2}((?:[A-Z2-7]{4} ?){4})$/gm)].map(([, half]) => half);
  const secret = Secret.fromBase32(letters.join('').replaceAll(' ', ''));
  ui.type(TOTP.generate({ secret }), keys.enter);
  await ui.sees('Recovery Codes');
  const recoveryCode = ui.screen().match(/[a-z\d]{4}(-[a-z\d]{4}){2}/)?.[0] ?? '';
  ui.type(keys.esc);
  await ui.sees('10 recovery codes left');
  return { secret, recoveryCode };
};
