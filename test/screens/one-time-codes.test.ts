import chalk from 'chalk';
import { Secret, type TOTP, URI } from 'otpauth';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { codeAt, openAccounts, operator, type TestAccounts, usual } from '../support/accounts.ts';
import {
  type ConsoleTestOptions,
  keys,
  openTestConsole,
  signInAs,
  type TestConsole,
} from '../support/console.tsx';
import { readAsciiQrCode, readQrCode } from '../support/qr.ts';

const { enter, tab, down, esc } = keys;
const { level } = chalk;

let t: TestAccounts;
beforeEach(async () => {
  t = await openAccounts({ at: '2026-11-26T02:18:00Z' });
  await t.add('root', { isSuperuser: true });
  await t.add('ada');
});
afterEach(async () => {
  chalk.level = level;
  await t[Symbol.asyncDispose]();
});

const openAs = async (username: string, options: ConsoleTestOptions = {}): Promise<TestConsole> => {
  const ui = await openTestConsole(t, options);
  await signInAs(ui, username, usual);
  return ui;
};
/** Opens the form that sets one-time codes up. */
const setUp = async (ui: TestConsole) => {
  await ui.sees('Set up one-time codes');
  await ui.press(down, enter);
  await ui.sees('Then type the code');
};
/** The secret that stands beside the QR code. */
const secretOn = (ui: TestConsole): string =>
  [...ui.screen().matchAll(/ {2}((?:[A-Z2-7]{4} ?){4})$/gm)]
    .map(([, half = '']) => half.replace(/ /g, ''))
    .join('');
const typeCode = async (ui: TestConsole, secret: string) => ui.press(...codeAt(secret, t.clock()), enter);
const recoveryCodes = (ui: TestConsole): string[] =>
  ui.screen().match(/\b[a-z\d]{4}(-[a-z\d]{4}){2}\b/g) ?? [];

describe('setting one-time codes up', () => {
  test('shows a QR code that a phone reads, and the secret in letters, on 80x24', async () => {
    await using ui = await openAs('ada');
    await setUp(ui);
    const secret = secretOn(ui);
    const scanned = URI.parse(readQrCode(ui) ?? '') as TOTP;
    expect(scanned).toMatchObject({
      issuer: 'Langinfra',
      label: 'ada',
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    });
    expect(scanned.secret.base32).toBe(secret);
    expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
    expect(ui.faults()).toEqual([]);
    const readable = ui.lines().map(line =>
      line
        .replace(/^[█▀▄ ]{45}(?=$| )/, '#'.repeat(45))
        .replace(/([A-Z2-7]{4} ){3}[A-Z2-7]{4}$/, '(secret)')
        .trimEnd(),
    );
    expect(readable.join('\n')).toMatchInlineSnapshot(`
      " Langinfra › Set Up One-Time Codes                    ada · user · times in UTC
      #############################################
      #############################################  Scan this with an authenticator
      #############################################  app, or type its secret there:
      #############################################
      #############################################    (secret)
      #############################################    (secret)
      #############################################
      #############################################  Then type the code that the app
      #############################################  shows:
      #############################################
      #############################################  › Code
      #############################################
      #############################################
      #############################################    [ Confirm ]  [ Cancel ]
      #############################################
      #############################################
      #############################################
      #############################################
      #############################################
      #############################################
      #############################################
      #############################################
       tab next  shift-tab before  enter confirm  ctrl-y copy the secret  esc cancel"
    `);
  });

  test('counts once the code was right; then ten recovery codes are shown, once, to be copied', async () => {
    await using ui = await openAs('ada');
    await setUp(ui);
    await ui.press(...'000000', enter);
    await ui.sees('Incorrect one-time code');
    expect(ui.line('› Code').trim()).toMatch(/Code$/);
    await typeCode(ui, secretOn(ui));
    await ui.sees('Recovery Codes');
    const codes = recoveryCodes(ui);
    expect(new Set(codes).size).toBe(10);
    await ui.press('y');
    await ui.sees('The list of recovery codes was sent');
    expect(ui.copied().split('\n').sort()).toEqual([...codes].sort());
    // Enter confirmed a moment ago: pressed once more it takes nothing away.
    await ui.press(enter);
    await ui.sees('Recovery Codes');
    await ui.press(esc);
    await ui.sees('one-time codes; 10 recovery codes left');
    expect(recoveryCodes(ui)).toEqual([]);
    await ui.seesNot('Set up one-time codes');
  });

  test('asks for the password where the sign-in was a while ago', async () => {
    await using ui = await openAs('ada');
    await ui.sees('Set up one-time codes');
    t.pass(301);
    await ui.press(down, enter);
    await ui.sees('Signing in will need');
    await ui.press(...'wrong', enter);
    await ui.sees('The current password is not right');
    await ui.press(...usual, enter);
    await ui.sees('Then type the code');
    await typeCode(ui, secretOn(ui));
    await ui.sees('Recovery Codes');
  });

  test('is cancelled by esc: nothing is set up', async () => {
    await using ui = await openAs('ada');
    await setUp(ui);
    await ui.press(esc);
    await ui.sees('Langinfra › Profile');
    await ui.sees('Second step none');
    expect(await t.rows('select * from second_step')).toEqual([]);
  });

  test('copies the secret', async () => {
    await using ui = await openAs('ada');
    await setUp(ui);
    await ui.press(keys.ctrl('y'));
    await ui.sees('The secret was sent');
    expect(ui.copied()).toBe(secretOn(ui));
  });

  test('has room for a long name: the app gets the beginning of it', async () => {
    const name = 'щ'.repeat(64);
    await t.add(name);
    await using ui = await openAs(name);
    await setUp(ui);
    const scanned = URI.parse(readQrCode(ui) ?? '') as TOTP;
    expect(scanned.secret.base32).toBe(secretOn(ui));
    expect(scanned.label).toMatch(/^щ+$/);
    expect(ui.faults()).toEqual([]);
  });

  test('is black and white by number where there are colours, and readable without them', async () => {
    chalk.level = 3;
    await using coloured = await openAs('ada', { colourless: false });
    await setUp(coloured);
    expect(coloured.bytes()).toContain('\x1b[38;5;231m');
    expect(coloured.bytes()).toContain('\x1b[48;5;16m');
    await using plain = await openAs('ada');
    await setUp(plain);
    expect(plain.bytes()).not.toMatch(/\x1b\[[34]8/);
    for (const ui of [coloured, plain]) expect(readQrCode(ui)).toContain(secretOn(ui));
  });

  test('without half blocks is drawn with whole cells where there is room, and else told in letters', async () => {
    chalk.level = 1;
    await using small = await openAs('ada', { ascii: true });
    await setUp(small);
    await small.sees(/A terminal of\s+125x46 shows it/);
    expect(secretOn(small)).toHaveLength(32);
    expect(small.screen()).toMatch(/^[\x20-\x7e\n]*$/);
    expect(small.faults()).toEqual([]);
    await using large = await openAs('ada', { ascii: true, columns: 125, rows: 46 });
    await setUp(large);
    expect(readAsciiQrCode(large)).toContain(secretOn(large));
    expect(large.screen()).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test('is said in words where it is heard: the secret and the address, and no code of blocks', async () => {
    await using ui = await openTestConsole(t, { linear: true, columns: 300, rows: 200 });
    await ui.press(...'ada', enter, ...usual, enter);
    await ui.sees('Second step: none');
    await ui.press(down, enter);
    await ui.sees(/Secret: ([A-Z2-7]{4} ){7}[A-Z2-7]{4}/);
    const [, secret = ''] =
      /totp\/Langinfra:ada\?secret=([A-Z2-7]{32})&issuer=Langinfra/.exec(ui.screen()) ?? [];
    expect(ui.screen()).toContain(`Secret: ${secret.match(/.{4}/g)?.join(' ')}`);
    expect(ui.bytes()).not.toMatch(/[█▀▄]/);
    await typeCode(ui, secret);
    await ui.sees(/([a-z\d]{4}(-[a-z\d]{4}){2}, ){9}/);
  });
});

describe('with one-time codes set up', () => {
  let secret: string;
  let codes: string[];
  beforeEach(async () => {
    ({ secret, recoveryCodes: codes } = await t.enrol('ada'));
    t.pass(60);
  });

  test('the login asks for one after the password, and says where it is wrong', async () => {
    await using ui = await openAs('ada');
    await ui.sees('One-time code');
    await ui.seesNot('Password');
    await ui.press(...'000000', enter);
    await ui.sees('Incorrect one-time code');
    expect(ui.line('› One-time code').trim()).toMatch(/code$/);
    await typeCode(ui, secret);
    await ui.sees('Langinfra › Profile');
    await ui.sees('10 recovery codes left');
  });

  test('esc goes back to the login, which has forgotten the password', async () => {
    await using ui = await openAs('ada');
    await ui.sees('One-time code');
    await ui.press(esc);
    await ui.sees('Username');
    expect(ui.screen()).not.toMatch(/•/);
    await ui.press(...'ada', enter, enter);
    await ui.sees('Incorrect username or password');
  });

  test('without a code the login comes back after two minutes, and has forgotten the password', async () => {
    await using ui = await openAs('ada');
    await ui.sees('One-time code');
    t.pass(119);
    await ui.press(...'000000', enter);
    await ui.sees('Incorrect one-time code');
    t.pass(1);
    await ui.sees('No one-time code came for two minutes: sign in again.');
    await ui.sees('[ Sign in ]');
    expect(ui.screen()).not.toMatch(/•/);
    expect(await t.rows('select id from session')).toEqual([]);
  });

  test('a recovery code signs in, and how many are left is said', async () => {
    await using ui = await openAs('ada');
    await ui.sees('One-time code');
    await ui.press(...(codes[0] ?? ''), enter);
    await ui.sees('Signed in with a recovery code; 9 are left');
  });

  test('how many sign-ins failed is said, after a code as after a recovery code', async () => {
    await using ui = await openAs('ada');
    await ui.sees('One-time code');
    await ui.press(...'000000', enter);
    await ui.sees('Incorrect one-time code');
    await typeCode(ui, secret);
    await ui.sees('Note: 1 failed sign-in since yours, 2026-11-26 02:19 from');
    await using again = await openAs('ada');
    await again.sees('One-time code');
    await again.press(...'000000', enter);
    await again.sees('Incorrect one-time code');
    await again.press(...(codes[0] ?? ''), enter);
    await again.sees(/Note: Codes left: 9; 1 failed sign-in.* 2026-11-26 02:\d\d from this machine/);
  });

  const signedIn = async () => {
    const ui = await openAs('ada');
    await ui.sees('One-time code');
    await typeCode(ui, secret);
    await ui.sees('Turn off one-time codes');
    t.pass(60);
    return ui;
  };

  test('they are turned off in the Profile, with a code and the password', async () => {
    await using ui = await signedIn();
    await ui.press(down, down, enter);
    await ui.sees('Turn Off One-Time Codes');
    await ui.press(...'000000', tab, ...usual, keys.ctrl('s'));
    await ui.sees('Incorrect one-time code');
    await ui.press(...codeAt(secret, t.clock()), keys.ctrl('s'));
    await ui.sees('One-time codes are turned off');
    await ui.sees('Set up one-time codes');
    expect(await t.rows('select * from second_step')).toEqual([]);
  });

  test('new recovery codes take the place of the old ones', async () => {
    await using ui = await signedIn();
    await ui.press(down, enter);
    await ui.sees('New Recovery Codes');
    await ui.press(...codeAt(secret, t.clock()), tab, ...usual, enter, enter);
    await ui.sees('They are shown now and never again');
    const fresh = recoveryCodes(ui);
    expect(fresh).toHaveLength(10);
    expect(fresh.filter(code => codes.includes(code))).toEqual([]);
  });

  test('a superuser sees it in the details and resets it, after a question', async () => {
    await using ui = await openAs('root');
    await ui.sees('Admin Page');
    await ui.sees('› ada');
    await ui.press(enter);
    await ui.sees(/Second step +one-time codes, since 2026-11-26 02:18 UTC; 10/);
    await ui.press('t');
    await ui.sees('Reset One-Time Codes');
    await ui.press('n', 't');
    await ui.press('y');
    await ui.sees('The one-time codes of ada are gone');
    await ui.seesNot('Second step');
    await ui.press('t');
    await ui.sees('One-time codes are not set up');
    const { id } = await t.accounts.users.findByName(operator, 'ada');
    const [row] = await t.accounts.audit.page(operator, { targetId: id }, { limit: 1 });
    expect(row).toMatchObject({ event: 'one_time_codes_reset', actorName: 'root', outcome: 'done' });
  });
});
