import { describe, expect, test } from 'vitest';
import { commandLineOf } from '../../src/commands/command-line.ts';
import { builder, type WhichFlags, whichOf } from '../../src/commands/users/which.ts';

/** Whom a command line means, as yargs hands it to the command. */
const meant = async (line: readonly string[]) => {
  let read: WhichFlags | undefined;
  const commandLine = commandLineOf(['noted', ...line], '0.0.0').command<WhichFlags>(
    'noted [names..]',
    'noted here, and not done',
    builder('activate') as never,
    flags => {
      read = flags;
    },
  );
  await commandLine.parseAsync();
  if (!read) throw new Error('it was not read');
  return whichOf(read);
};

describe('users are meant by their names or by what they match', () => {
  test.each([
    ['ada', { name: 'ada' }],
    ['ada ada', { name: 'ada' }],
    ['ada bob ada 007', { names: ['ada', 'bob', '007'] }],
    ['ada -y -- -y --json', { names: ['ada', '-y', '--json'] }],
    ['-- -y', { name: '-y' }],
    ['--filter all', { match: {} }],
    ['--filter pending', { match: { filter: 'pending' } }],
    ['--search 7', { match: { search: '7' } }],
    ['--search test --filter inactive -y', { match: { search: 'test', filter: 'inactive' } }],
    ['--filter active --filter pending --search a --search b', { match: { filter: 'pending', search: 'b' } }],
  ])('%s', async (line, which) => {
    expect(await meant(line.split(' '))).toEqual(which);
  });

  test.each([
    [[], 'Say whom: names, --filter or --search'],
    [['ada', '--filter', 'all'], 'Say names, or --filter and --search, but not both'],
    [['ada', 'bob', '--search', 'a'], 'Say names, or --filter and --search, but not both'],
    // An unset variable of a script is no wish to change everybody.
    [['--search', ''], '--search is empty. For everybody say --filter all'],
    [['--filter', 'pending', '--search', ''], '--search is empty. For everybody say --filter all'],
    [['--no-search'], '--search needs a value'],
    [['--filter', 'admins'], 'use one of all, pending, active, inactive, superuser'],
  ])('%j is wrong use', async (line, sentence) => {
    await expect(meant(line)).rejects.toThrow(sentence);
  });
});
