import { expect, test } from 'vitest';
import { commandWords } from '../../src/commands/command-words.ts';

test.each([
  ['users list', ['users', 'list']],
  ['  users\tlist\n', ['users', 'list']],
  ["users show 'ada lovelace'", ['users', 'show', 'ada lovelace']],
  ['users show "ada \\"the\\" lovelace"', ['users', 'show', 'ada "the" lovelace']],
  ['users show ada\\ lovelace', ['users', 'show', 'ada lovelace']],
  ["users show it''s'' 'a'\"b\"c", ['users', 'show', 'its', 'abc']],
  ["users show ''", ['users', 'show', '']],
  ['users show $HOME `id` $(id) * ; rm', ['users', 'show', '$HOME', '`id`', '$(id)', '*', ';', 'rm']],
  ['', []],
])('%j has the words %j', (line, words) => expect(commandWords(line)).toEqual(words));

test.each(["users show 'ada", 'users show "ada'])('%j is not whole', line => {
  expect(() => commandWords(line)).toThrow('A quote in the command is not closed');
});

test('a backslash at the end is told as one', () => {
  for (const line of ['users show ada\\', 'users show ada \\', "users show 'ada' \\"])
    expect(() => commandWords(line)).toThrow('Nothing stands behind the backslash at the end of the command');
});

test('a NUL is refused: it would be taken for a mark of ours, and the name be another', () => {
  for (const line of ['users show "bo\0b"', 'users show \0', 'users\0 list'])
    expect(() => commandWords(line)).toThrow('There is a NUL in the command');
});
