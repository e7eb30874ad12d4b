import { describe, expect, test } from 'vitest';
import { openAccounts } from '../support/accounts.ts';

const strengthOf = async (password: string, username = 'ada') => {
  await using t = await openAccounts();
  return t.accounts.strengthOf(password, username);
};

describe('how strong a password is', () => {
  test.each([
    ['too short', 'short', 'weak', 'A password has at least 8 characters'],
    ['one on the list', 'Trustno1', 'weak', 'This is one of the most common passwords'],
    ['the username and digits', 'ada-1815', 'weak', 'The username and some digits or signs is too easy'],
    ['a common one three times', 'monkeymonkeymonkey', 'weak', /^about 10\^[1-5] guesses$/],
    ['a common one with a year', 'dragon1987', 'weak', /^about 10\^[45] guesses$/],
    ['a common one with a year and a sign', 'dragon2024!', 'fair', /^about 10\^[67] guesses$/],
    ['a word and a number that is no year', 'meerkat 48 pole', 'strong', /^about 10\^1\d guesses$/],
    ['random letters', 'YTq3hGkMn4xQwD7rEpVa', 'strong', /^about 10\^20 guesses$/],
  ])('%s', async (_, password, level, because) => {
    const strength = await strengthOf(password);
    expect(strength.level).toBe(level);
    expect(strength.because).toMatch(because);
  });

  test('the username in it makes it weaker', async () => {
    const password = 'my augustaking';
    expect((await strengthOf(password, 'augustaking')).level).toBe('weak');
    expect((await strengthOf(password, 'ada')).level).toBe('strong');
  });

  test('nothing of it is hashed or written', async () => {
    await using t = await openAccounts();
    const before = await t.everything();
    await t.accounts.strengthOf('correct horse', 'ada');
    expect(t.lane.jobs).toEqual([]);
    expect(await t.everything()).toEqual(before);
  });
});
