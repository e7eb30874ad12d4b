// Makes a clone ready to start: installs what is missing and builds what is old, and says so.
// It runs before anything is installed, on whatever Node the machine has, so it is plain JavaScript without imports
// from packages.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const say = text => process.stderr.write(`langinfra: ${text}\n`);
const readJson = path => JSON.parse(readFileSync(path, 'utf8'));

/** Whether every package of package-lock.json is installed in its version, native code compiled. */
const isInstalled = () => {
  const installed = at('node_modules', '.package-lock.json');
  const compiled = [
    ['sqlite3/build/Release/node_sqlite3.node'],
    ['node/bin/node'],
    // It brings its own for some systems.
    ['node-pty/build/Release/pty.node', `node-pty/prebuilds/${process.platform}-${process.arch}/pty.node`],
  ];
  const isThere = file => existsSync(at('node_modules', file));
  if (!existsSync(installed) || !compiled.every(files => files.some(isThere))) return false;
  const there = readJson(installed).packages;
  return Object.entries(readJson(at('package-lock.json')).packages).every(
    ([path, { version, optional }]) => path === '' || optional || there[path]?.version === version,
  );
};

const newestIn = path =>
  statSync(path).isDirectory()
    ? Math.max(...readdirSync(path).map(name => newestIn(join(path, name))))
    : statSync(path).mtimeMs;

const isBuilt = () =>
  existsSync(at('dist', 'cli.js')) &&
  ['src', 'package.json', 'package-lock.json', 'scripts/build.ts', 'scripts/bundle'].every(
    source => newestIn(at(source)) <= statSync(at('dist', 'cli.js')).mtimeMs,
  );

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) say(`${command} did not start: ${error.message}`);
  if (status !== 0) process.exit(1);
};

if (!isInstalled()) {
  say('installing packages. The first time takes about two minutes: SQLite is compiled.');
  // Where NODE_ENV is production, npm would leave out what builds the program.
  run('npm', ['ci', '--include=dev', '--loglevel=error', '--no-progress']);
  say('installed.');
}
if (!isBuilt()) {
  say('building.');
  run(at('node_modules', '.bin', 'node'), [at('scripts', 'build.ts')]);
}
