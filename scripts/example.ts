import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const program = join(root, 'dist', 'cli.js');

/** The superuser of the pictures. */
export const admin = { username: 'admin', password: 'lovelace-1815' };

const people: [string, ...string[]][] = [
  ['ada', '--active', '--superuser'],
  ['alan', '--active'],
  ['barbara', '--active'],
  ['donald'],
  ['edsger', '--active'],
  ['frances', '--active'],
  ['grace', '--active'],
  ['花子', '--active'],
  ['katherine'],
  ['margaret', '--active'],
  ['zoë', '--active'],
];

/**
 * Makes the database of the pictures, and removes it when they are made. `env` is the environment to use it with; who is not
 * shown is not in it.
 */
export const withExample = async (
  work: (env: Record<string, string>) => Promise<void>,
  isShown: (username: string) => boolean = () => true,
): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'langinfra-docs-'));
  try {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      TERM: 'xterm-256color',
      LANGINFRA_CONFIG_DIR: directory,
    };
    const langinfra = (...args: string[]) =>
      execFileSync(process.execPath, [program, ...args], {
        env,
        stdio: 'pipe',
        input: `${admin.username}\n${admin.password}\n`,
      });
    langinfra('superuser');
    for (const [name, ...flags] of people)
      if (isShown(name)) langinfra('users', 'add', name, '--generate', ...flags);
    await work({ ...env, LANGINFRA_AUTO_LOGIN: 'False' });
  } finally {
    rmSync(directory, { recursive: true });
  }
};
