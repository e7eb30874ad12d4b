import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openHostKey } from '../../../src/terminals/ssh/host-key.ts';
import { atOnce } from '../../support/accounts.ts';
import { temporaryDirectory } from '../../support/store.ts';

test('a host key is made once, for its owner only', async () => {
  using directory = temporaryDirectory();
  const made = await openHostKey(directory.path);
  expect(statSync(made.path).mode & 0o777).toBe(0o600);
  expect(made.fingerprint).toMatch(/^SHA256:[A-Za-z\d+/]{43}$/);
  expect(await openHostKey(directory.path)).toEqual(made);
});

test('of several processes that start at once all have the same', async () => {
  using directory = temporaryDirectory();
  const said = await atOnce(
    4,
    `const { openHostKey } = await from('terminals/ssh/host-key.ts');
    await go();
    say((await openHostKey(process.env.DIRECTORY)).fingerprint);`,
    { DIRECTORY: directory.path },
  );
  expect(new Set(said).size).toBe(1);
});

test('one that others can read is refused, with the line that mends it', async () => {
  using directory = temporaryDirectory();
  const { path } = await openHostKey(directory.path);
  chmodSync(path, 0o644);
  await expect(openHostKey(directory.path)).rejects.toMatchObject({
    code: 'file_exposed',
    message: expect.stringContaining('chmod 600'),
  });
});

test.each(['', 'no key'])('a file that holds %j is no host key, and is not replaced', async content => {
  using directory = temporaryDirectory();
  const { path } = await openHostKey(directory.path);
  writeFileSync(path, content);
  await expect(openHostKey(directory.path)).rejects.toMatchObject({ code: 'ssh_host_key_broken' });
});
