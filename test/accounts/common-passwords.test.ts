import { describe, expect, test } from 'vitest';
import { whyNotPassword } from '../../src/accounts/passwords.ts';
import { openAccounts, operator, outcomeOf } from '../support/accounts.ts';

const codeFor = async (password: string, username = 'ada lovelace') =>
  (await whyNotPassword(password, username, 8))?.code;

describe('a password that others try first is refused', () => {
  test.each([
    ['one on the list', 'trustno1', 'password_common'],
    ['in other letters', 'TrustNo1', 'password_common'],
    ['in wide letters', 'ｔｒｕｓｔｎｏ１', 'password_common'],
    ['digits only', '1234567890', 'password_common'],
    ['the same digit eight times', '00000000', 'password_regular'],
    ['the same four letters twice', 'Abcdabcd', 'password_regular'],
    ['the same emoji eight times', '😀'.repeat(8), 'password_regular'],
    ['letters in order', 'abcdefgh', 'password_regular'],
    ['digits in the other order', '87654321', 'password_regular'],
    ['a word of our own with a year', 'langinfra2026', 'password_usual_word'],
    ['with digits and signs around it', '1!Admin!2026', 'password_usual_word'],
    ['password with any digits', 'Password4711', 'password_usual_word'],
    ['in wide letters and digits', 'ａｄｍｉｎ４７１１', 'password_usual_word'],
    ['the username with digits after it', 'ada lovelace1815', 'password_near_username'],
    ['in other letters, with digits before it', '1815 ADA LOVELACE', 'password_near_username'],
  ])('%s', async (_, password, code) => {
    expect(await codeFor(password)).toBe(code);
  });

  test('the username without its own digits', async () => {
    expect(await codeFor('dr strange!', '42dr strange7')).toBe('password_near_username');
  });
});

describe('a password is not refused for what is only part of it', () => {
  test.each([
    ['a usual word among others', 'the admin of everything'],
    ['one on the list with something more', 'trustno1 but me'],
    ['the username among others', 'ada lovelace and charles'],
    ['the username twice', 'ada lovelace ada lovelace'],
    ['the example of the documentation', 'securepassword'],
    ['the same again and again, and something else', `${'0'.repeat(20)}1`],
    ['letters in order, with a gap', 'abcdefgijklmno'],
    ['letters of no list', 'correct horse'],
    ['digits alone that nobody has', '90210 4711 1815'],
  ])('%s', async (_, password) => {
    expect(await codeFor(password)).toBeUndefined();
  });

  test('digits alone are near no username without a letter', async () => {
    expect(await codeFor('90210 4711 1815', '007')).toBeUndefined();
  });
});

test('a common password that is stored already signs in, and cannot be set again', async () => {
  await using t = await openAccounts({ settings: { autoLogin: false } });
  const superuser = { username: 'root', password: 'trustno1' };
  const notices = await t.accounts.bootstrap.prepare(superuser);
  expect(notices).toContain(
    'warning: LANGINFRA_SUPERUSER_PASSWORD is weak: This is one of the most common passwords',
  );
  const { user } = await t.signIn('root', 'trustno1');
  const edit = { password: 'trustno1' };
  expect(await outcomeOf(t.accounts.users.change(operator, user.id, edit))).toBe('password_common');
});

test('the superuser of the documentation gets no warning about its password but that it is public', async () => {
  await using t = await openAccounts({ settings: { autoLogin: false } });
  const superuser = { username: 'admin', password: 'securepassword' };
  expect(await t.accounts.bootstrap.prepare(superuser)).toEqual(['The superuser admin was created']);
});
