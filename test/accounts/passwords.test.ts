import { describe, expect, test } from 'vitest';
import { generatePassword } from '../../src/accounts/generate-password.ts';
import { whyNotPassword, whyUnusable } from '../../src/accounts/passwords.ts';
import { openAccounts, operator, outcomeOf } from '../support/accounts.ts';

const verdict = async (password: string, username = 'ada', least = 8) =>
  (await whyNotPassword(password, username, least))?.message;

describe('a password is refused, with the reason', () => {
  test.each([
    ['too short', 'seven77', 'A password has at least 8 characters'],
    ['empty', '', 'A password has at least 8 characters'],
    ['short though it has many bytes', '小王小王', 'A password has at least 8 characters'],
    ['73 bytes long', 'x'.repeat(73), 'A password has at most 72 bytes; this one has 73'],
    [
      '73 bytes long in 37 characters',
      `${'é'.repeat(36)}x`,
      'A password has at most 72 bytes; this one has 73',
    ],
    ['too long only after NFKC', '㍍'.repeat(9), 'A password has at most 72 bytes; this one has 108'],
    ['NUL at the end', 'correct horse\0', 'A password has no NUL character'],
    ['NUL, before its length', '\0', 'A password has no NUL character'],
    ['half a character', 'correct horse\ud800', 'A password has no broken characters'],
    ['half a character, before its length', '\udc00', 'A password has no broken characters'],
    ['the username', 'ada lovelace', "A password can't be the username"],
    ['the username in another case', 'ADA LoveLace', "A password can't be the username"],
    ['the username in wide letters', 'ａｄａ lovelace', "A password can't be the username"],
  ])('%s', async (_, password, words) => {
    expect(await verdict(password, 'ada lovelace')).toBe(words);
  });

  test('the username, which itself is in wide letters', async () => {
    expect(await verdict('ａｄａｌｏｖｅｌ', 'ａｄａｌｏｖｅｌ')).toBe("A password can't be the username");
  });

  test('shorter than the least length that is set', async () => {
    expect(await verdict('x'.repeat(19), 'ada', 20)).toBe('A password has at least 20 characters');
    expect(await verdict(`${'x'.repeat(19)}y`, 'ada', 20)).toBeUndefined();
  });
});

describe('a password is accepted', () => {
  test.each([
    ['8 characters', 'eight 8s'],
    ['72 bytes', `${'x'.repeat(71)}y`],
    ['72 bytes in 36 characters', `${'é'.repeat(35)}ü`],
    ['8 characters of 4 bytes', `${'😀'.repeat(7)}😎`],
    ['spaces and line breaks', ' a b c d \n'],
    ['short as typed, long enough by NFKC', 'ﬁﬂﬁﬁ'],
    ['over 72 bytes as typed, within them by NFKC', `${'Å'.repeat(29)}x`],
    ['something with the username in it', 'ada ada ada'],
  ])('%s', async (_, password) => {
    expect(await verdict(password)).toBeUndefined();
  });

  test('what bcrypt can hold, even where the policy would refuse it', () => {
    expect(whyUnusable('')).toBeUndefined();
    expect(whyUnusable('short')).toBeUndefined();
    expect(whyUnusable('x'.repeat(73))?.code).toBe('password_too_long');
    expect(whyUnusable('\0')?.code).toBe('password_nul');
  });
});

describe('a password of 72 bytes', () => {
  test('counts to its last byte: one that differs there does not sign in', async () => {
    await using t = await openAccounts();
    await t.add('ada', { password: `${'x'.repeat(71)}y` });
    await expect(t.signIn('ada', `${'x'.repeat(71)}y`)).resolves.toBeDefined();
    expect(await outcomeOf(t.signIn('ada', 'x'.repeat(72)))).toBe('bad_credentials');
    expect(await outcomeOf(t.signIn('ada', `${'x'.repeat(71)}yz`))).toBe('bad_credentials');
  });
});

describe('the same refusals wherever a password is set; nothing changes', () => {
  const refused = {
    password_too_short: 'short',
    password_too_long: 'x'.repeat(73),
    password_nul: 'long enough\0',
    password_broken: 'long enough\ud800',
    password_is_username: 'Ada Lovelace',
    password_near_username: 'ada lovelace1815',
    password_usual_word: 'Langinfra!1',
    password_regular: '12341234',
    password_common: 'Trustno1',
  } as const;

  test.each(Object.entries(refused))('%s', async (code, password) => {
    await using t = await openAccounts();
    const { id } = await t.add('ada lovelace');
    const { actor } = await t.signIn('ada lovelace');
    const before = await t.everything();
    const jobs = t.lane.jobs.length;
    const { users, changeOwnPassword } = t.accounts;
    const account = { username: 'ADA LOVELACE', password };
    expect(await outcomeOf(users.create(operator, account))).toBe(code);
    expect(await outcomeOf(users.createFirstSuperuser(account))).toBe(code);
    expect(await outcomeOf(users.makeSuperuser(account, { update: true }))).toBe(code);
    expect(await outcomeOf(users.change(operator, id, { password }))).toBe(code);
    expect(await outcomeOf(changeOwnPassword(actor, { next: password }))).toBe(code);
    expect(await t.everything()).toEqual(before);
    // Nobody waits for a hash to be told that the password is too short.
    expect(t.lane.jobs.length).toBe(jobs);
  });

  test('the new username counts where name and password are changed together', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('ada lovelace');
    const edit = { username: 'Augusta Ada', password: 'augusta ada' };
    expect(await outcomeOf(t.accounts.users.change(operator, id, edit))).toBe('password_is_username');
  });
});

describe('a generated password', () => {
  const many = Array.from({ length: 500 }, () => generatePassword(8));

  test('passes the policy, is never the same, and has no letters that look alike', async () => {
    expect(new Set(many).size).toBe(many.length);
    for (const password of many) {
      expect(await whyNotPassword(password, 'ada', 20)).toBeUndefined();
      expect(password).toMatch(/^[A-Za-z0-9]{20}$/);
      expect(password).not.toMatch(/[0Oo1IlS5Z2B8]/);
      expect(password.length * Math.log2(new Set(many.join('')).size)).toBeGreaterThan(112);
    }
  });

  test.each([20, 21, 72])('passes the policy where that asks for %i characters', async least => {
    const password = generatePassword(least);
    expect(password).toHaveLength(least);
    expect(await whyNotPassword(password, 'ada', least)).toBeUndefined();
  });

  test('uses every letter of its alphabet', () => {
    expect(new Set(many.join('')).size).toBe(50);
  });
});
