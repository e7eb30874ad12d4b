import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { good, insert, type Newcomer, newcomer, program } from '../support/program.ts';

const count = 3000;
let me: Newcomer;
beforeAll(async () => {
  me = newcomer();
  await me.run(['superuser', '--username', 'root'], { input: good });
  const names = Array.from({ length: count }, (_, at) => `somebody-with-a-rather-long-name-${at}`);
  await insert(me, names);
});
afterAll(() => me[Symbol.asyncDispose]());

const langinfra = program.map(word => `'${word}'`).join(' ');
/** A command line of the shell; what it and the programs in it say. */
const shell = (line: string) => {
  const { stdout, stderr } = spawnSync('bash', ['-c', line], {
    env: me.env,
    encoding: 'utf8',
    timeout: 25_000,
  });
  return { stdout, stderr };
};

describe('the output', () => {
  // Longer than a pipe holds, to a reader that does not look before the program could have ended.
  test('is whole for a slow reader: a table', () => {
    const { stdout, stderr } = shell(`${langinfra} users list --all | (sleep 1; wc -l)`);
    expect(Number(stdout)).toBe(1 + 1 + count);
    expect(stderr).toBe('');
  });

  test('is whole for a slow reader: a JSON document', () => {
    const { stdout, stderr } = shell(
      `${langinfra} users list --all --json | (sleep 1; cat); echo "exit \${PIPESTATUS[0]}"`,
    );
    const document = JSON.parse(stdout.slice(0, stdout.lastIndexOf('}') + 1));
    expect(document.users).toHaveLength(1 + count);
    expect(stdout).toMatch(/exit 0\n$/);
    expect(stderr).toBe('');
  });

  test.each(['', '--json'])(
    'ends quietly when its reader has seen enough: users list %s | head -1',
    format => {
      const { stdout, stderr } = shell(
        `${langinfra} users list --all ${format} | head -1; echo "\${PIPESTATUS[0]}"`,
      );
      expect(stdout).toMatch(format ? /^\{\n0\n$/ : /^USERNAME.*\n0\n$/);
      expect(stderr).toBe('');
    },
  );

  test.each(['config', 'users list', 'users list --all --json', 'users show root', '--help', '--version'])(
    'that cannot be written is exit 1 and one line: langinfra %s > /dev/full',
    command => {
      expect(shell(`${langinfra} ${command} > /dev/full; echo "exit $?"`)).toEqual({
        stdout: 'exit 1\n',
        stderr: 'langinfra: The output cannot be written: the disk is full\n',
      });
    },
  );

  test('on a full disk does not hide why a command was refused', () => {
    expect(shell(`${langinfra} users show nobody > /dev/full; echo "exit $?"`)).toEqual({
      stdout: 'exit 4\n',
      stderr: 'langinfra: There is no user nobody\n',
    });
  });
});
