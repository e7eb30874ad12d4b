import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPrivateFile, privateDirectory, refuseExposed } from '../../src/store/private-files.ts';
import { temporaryDirectory } from '../support/store.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory.path, 'ours');
});
afterEach(() => directory[Symbol.dispose]());

const modeOf = (at: string) => (statSync(at).mode & 0o777).toString(8);

test('a private file is born 600, whole, and alone', () => {
  const mask = process.umask(0);
  expect(createPrivateFile(path, 'secret')).toBe(true);
  process.umask(mask);
  expect(modeOf(path)).toBe('600');
  expect(readFileSync(path, 'utf8')).toBe('secret');
  expect(readdirSync(directory.path)).toEqual(['ours']);
});

test('a private file never replaces one', () => {
  createPrivateFile(path, 'first');
  expect(createPrivateFile(path, 'second')).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(readdirSync(directory.path)).toEqual(['ours']);
});

test('what a crash left half made does not keep a private file from being made', () => {
  writeFileSync(`${path}.${process.pid}.new`, '');
  expect(createPrivateFile(path, 'secret')).toBe(true);
});

test('a private file that cannot be written is refused', () => {
  expect(() => createPrivateFile(join(path, 'inner'), 'secret')).toThrow(
    expect.objectContaining({ code: 'database_unreachable' }),
  );
});

test('a private directory and the parents it lacks are born 700', () => {
  const mask = process.umask(0);
  privateDirectory(join(path, 'inner'));
  process.umask(mask);
  expect([path, join(path, 'inner')].map(modeOf)).toEqual(['700', '700']);
});

test.each([0o755, 0o700])('a directory of mode %o is taken as it is', mode => {
  mkdirSync(path);
  chmodSync(path, mode);
  privateDirectory(path);
  expect(modeOf(path)).toBe(mode.toString(8));
});

test.each([0o775, 0o777, 0o702])('a directory of mode %o, in which others can write, is refused', mode => {
  mkdirSync(path);
  chmodSync(path, mode);
  expect(() => privateDirectory(path)).toThrow(
    expect.objectContaining({
      code: 'file_exposed',
      message: expect.stringContaining(`chmod 700 ${path}`),
    }),
  );
});

test('one like /tmp is not: nobody replaces the files of others there', () => {
  mkdirSync(path);
  chmodSync(path, 0o1777);
  privateDirectory(path);
});

test('a directory where a file is, is refused', () => {
  writeFileSync(path, '');
  for (const taken of [path, join(path, 'inner')]) {
    expect(() => privateDirectory(taken)).toThrow(expect.objectContaining({ code: 'database_unreachable' }));
  }
});

test('a file that is not there exposes nothing', () => {
  expect(() => refuseExposed(path)).not.toThrow();
});
