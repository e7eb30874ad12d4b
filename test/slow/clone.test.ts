import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { good, repository } from '../support/program.ts';
import { eventually, keys, openPty, untouched } from '../support/pty.ts';

/** What a clone of the repository has: the files that git knows, or would take. */
const cloneTo = (directory: string): void => {
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: repository,
    encoding: 'utf8',
  });
  for (const name of list.split('\0').filter(Boolean)) {
    mkdirSync(join(directory, dirname(name)), { recursive: true });
    cpSync(join(repository, name), join(directory, name));
  }
};

/** A machine that has npm and Node and nothing else of ours: no packages, no cache of npm, no home. */
const freshMachine = () => {
  const root = mkdtempSync(join(tmpdir(), 'langinfra-clone-'));
  const [home, clone] = [join(root, 'home'), join(root, 'langinfra')];
  mkdirSync(home);
  mkdirSync(clone);
  cloneTo(clone);
  // Where npm runs these tests, it has put our own packages first.
  const path = (process.env.PATH ?? '').split(delimiter).filter(part => !part.includes('node_modules'));
  const kept = [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
    'NODE_EXTRA_CA_CERTS',
  ];
  const env = {
    ...Object.fromEntries(kept.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : []))),
    HOME: home,
    PATH: path.join(delimiter),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    // Which registry this machine uses, and nothing that it has fetched before.
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), '.npmrc'),
    npm_config_cache: join(root, 'npm-cache'),
  };
  return {
    /** As an editor does that saves a file. */
    changeSource: () => appendFileSync(join(clone, 'src', 'cli.tsx'), '\n'),
    start: (...args: string[]) => openPty(['npm', 'start', ...args], { cwd: clone, env }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
};

/** In milliseconds. SQLite is compiled, on as many cores as there are. */
const enoughToInstall = 230_000;

test('npm start in a new clone installs, builds and opens the Admin Page; the next ones are quick and silent', async () => {
  using machine = freshMachine();

  {
    await using first = machine.start();
    await first.sees('langinfra: installing packages.', 'about two minutes');
    // The console takes the screen; what was said before it is below.
    let isOver = false;
    first.ended.then(() => {
      isOver = true;
    });
    await eventually(
      () => expect(isOver || first.screen().includes('Admin Page')).toBe(true),
      enoughToInstall,
    );
    await first.sees('Automatic sign-in is on', 'langinfra automatic');
    expect(first.bytes()).toMatch(/Built dist\/[\s\S]*langinfra: installed\./);
    expect(first.bytes()).not.toMatch(/npm error/i);
    first.type('q');
    expect(await first.ended).toEqual({ code: 0, signal: 0 });
    expect(first.leftBehind()).toEqual(untouched);
  }

  {
    const began = performance.now();
    await using second = machine.start();
    await second.sees('Admin Page', 'langinfra automatic');
    expect(performance.now() - began).toBeLessThan(5000);
    expect(second.bytes()).not.toMatch(/langinfra: \w|install|build/i);
    second.type('q');
    expect(await second.ended).toEqual({ code: 0, signal: 0 });
  }

  {
    machine.changeSource();
    await using changed = machine.start();
    await changed.sees('Admin Page', 'langinfra automatic');
    expect(changed.bytes()).toMatch(/langinfra: building\.[\s\S]*Built dist\//);
    changed.type('q');
    await changed.ended;
  }

  {
    await using superuser = machine.start('--', 'superuser');
    await superuser.sees(/^Username:$/);
    superuser.type('new_superuser_1', keys.enter);
    await superuser.sees(/^Password:$/);
    superuser.type(good, keys.enter);
    await superuser.sees('Default folder created successfully.', 'Superuser created successfully.');
    expect(await superuser.ended).toEqual({ code: 0, signal: 0 });
    expect(superuser.bytes()).not.toContain(good);
  }
});
