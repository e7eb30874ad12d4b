import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createPrivateFile,
  fillPrivateFile,
  privateDirectory,
  readPrivateFile,
} from '../../src/store/private-files.ts';
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
    expect.objectContaining({
      code: 'file_unwritable',
      message: expect.stringContaining(join(path, 'inner')),
    }),
  );
});

test('a private file that was not finished leaves nothing behind, and nothing of SQLite beside it', async () => {
  const filled = fillPrivateFile(path, { overwrite: false }, async draft => {
    for (const suffix of ['-journal', '-wal', '-shm']) writeFileSync(`${draft}${suffix}`, '');
    throw new Error('ended in the middle');
  });
  await expect(filled).rejects.toMatchObject({ code: 'file_unwritable' });
  expect(readdirSync(directory.path)).toEqual([]);
});

test('a private directory and the parents it lacks are born 700', () => {
  const mask = process.umask(0);
  privateDirectory(join(path, 'inner'));
  process.umask(mask);
  expect([path, join(path, 'inner')].map(modeOf)).toEqual(['700', '700']);
});

test.each([0o700, 0o500])('a directory of mode %o is taken as it is', mode => {
  mkdirSync(path);
  chmodSync(path, mode);
  privateDirectory(path);
  expect(modeOf(path)).toBe(mode.toString(8));
});

const open = [0o755, 0o750, 0o711, 0o704, 0o720, 0o777, 0o1777];
test.each(open)('a directory of mode %o, in which others may do something, is refused', mode => {
  mkdirSync(path);
  chmodSync(path, mode);
  expect(() => privateDirectory(path)).toThrow(
    expect.objectContaining({
      code: 'file_exposed',
      message: expect.stringContaining(`chmod 700 ${path}`),
    }),
  );
});

test('a directory where a file is, is refused', () => {
  writeFileSync(path, '');
  const because = (reason: string) =>
    expect.objectContaining({
      code: 'directory_unusable',
      message: expect.stringContaining(`cannot be used: ${reason}`),
    });
  expect(() => privateDirectory(path)).toThrow(because('it is a file, not a directory'));
  expect(() => privateDirectory(join(path, 'inner'))).toThrow(
    because('a part of the path is a file, not a directory'),
  );
});

test('a symbolic link that leads nowhere is named, wherever it is on the way', () => {
  symlinkSync(join(directory.path, 'nowhere'), path);
  const named = expect.objectContaining({
    message: expect.stringContaining(`the symbolic link ${path} leads nowhere`),
  });
  expect(() => privateDirectory(path)).toThrow(named);
  expect(() => privateDirectory(join(path, 'inner'))).toThrow(named);
  expect(() => readPrivateFile(path)).toThrow(named);
  expect(() => readPrivateFile(join(path, 'secret_key'))).toThrow(named);
});

test('a private file is read whole; one that is not there is none, one that others can read is refused', () => {
  expect(readPrivateFile(path)).toBeUndefined();
  createPrivateFile(path, 'secret');
  expect(readPrivateFile(path)).toBe('secret');
  chmodSync(path, 0o604);
  expect(() => readPrivateFile(path)).toThrow(expect.objectContaining({ code: 'file_exposed' }));
});
