import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandLineOf } from '../../src/commands/command-line.ts';
import { plainRun } from '../../src/commands/plain-run.ts';
import { builder, type RunFlags } from '../../src/commands/run-options.ts';

/** What yargs hands to `run`; nothing where it refuses, or something else is asked for. */
const readByYargs = async (args: readonly string[]): Promise<RunFlags | undefined> => {
  let read: RunFlags | undefined;
  const commandLine = commandLineOf(args, '0.0.0');
  const taken = commandLine.command<RunFlags>(
    ['run', '$0'],
    'noted here, and not run',
    builder as never,
    flags => {
      read = flags;
    },
  );
  await taken.parseAsync().catch(() => {});
  return read;
};

const onlyOurs = (flags: RunFlags): RunFlags => {
  const { headless, ssh, ascii, screenReader, envFile, host, port, sshHost, sshPort } = flags;
  return JSON.parse(
    JSON.stringify({ headless, ssh, ascii, screenReader, envFile, host, port, sshHost, sshPort }),
  );
};

describe('the usual ways to say run are read without yargs', () => {
  test.each<[string, Partial<RunFlags>]>([
    ['', {}],
    ['run', {}],
    ['--env-file .env', { envFile: '.env' }],
    ['--headless --port 8000', { headless: true, port: '8000' }],
    ['run --env-file .env', { envFile: '.env' }],
    ['run --headless --env-file ~/langinfra.env', { headless: true, envFile: '~/langinfra.env' }],
    ['run --ascii', { ascii: true }],
    ['run --screen-reader', { screenReader: true }],
    ['run --headless --host ::1 --port 8000', { headless: true, host: '::1', port: '8000' }],
    ['run --ssh --ssh-host ::1 --ssh-port 2222', { ssh: true, sshHost: '::1', sshPort: '2222' }],
  ])('langinfra %s', (line, flags) => {
    expect(plainRun(line.split(' ').filter(Boolean))).toEqual({
      headless: false,
      ssh: false,
      ascii: false,
      screenReader: false,
      ...flags,
    });
  });

  test.each([
    'superuser',
    '--env-file .env superuser',
    '-h',
    '-v',
    'run --help',
    'run --env-file',
    'run --env-file=.env',
    'run --env-file .env --env-file b.env',
    'run --env-file --headless',
    'run --no-headless',
    'run -- headless',
    'run x',
    'run --headless=false',
    '--version',
  ])('langinfra %s is left to yargs', line => expect(plainRun(line.split(' '))).toBeUndefined());
});

// Two thousand command lines: more than five seconds where the machine is busy.
test('whatever is read without yargs is read as yargs reads it', { timeout: 30_000 }, async () => {
  const word = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        'run',
        '--headless',
        '--ssh',
        '--ssh-port',
        '--ascii',
        '--screen-reader',
        '--env-file',
        '--port',
        '--host',
      ),
    },
    { weight: 4, arbitrary: fc.constantFrom('.env', '8000', '127.0.0.1', '1e3', '0x10', '', '-', '--', '=') },
    { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
  );
  const line = fc.oneof(
    fc.array(word, { maxLength: 6 }),
    fc.array(word, { maxLength: 6 }).map(rest => ['run', ...rest]),
  );
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(line, async args => {
      const read = plainRun(args);
      if (read === undefined) return;
      compared += 1;
      const byYargs = await readByYargs(args);
      expect(byYargs && onlyOurs(byYargs)).toEqual(read);
    }),
    { numRuns: 2000 },
  );
  expect(compared).toBeGreaterThan(100);
});
