import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { good, newcomer, rowsOf, type Server } from '../support/program.ts';
import { keys } from '../support/pty.ts';

/** A disk of its own, of so many bytes; undefined where this user may not mount one. */
const smallDisk = (bytes: number) => {
  const path = mkdtempSync(join(tmpdir(), 'langinfra-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', path]);
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const [filler, spared] = [join(path, 'filler'), join(path, 'spared')];
  return {
    path,
    /** Takes every byte that is left but so many. */
    fill: (left: number) => {
      writeFileSync(spared, Buffer.alloc(left));
      const file = openSync(filler, 'a');
      try {
        for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
          try {
            for (;;) writeSync(file, Buffer.alloc(size));
          } catch {
            // So much does not fit any more; less may.
          }
        }
      } finally {
        closeSync(file);
        rmSync(spared);
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    [Symbol.dispose]: () => {
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
};

const canMount = (() => {
  using disk = smallDisk(65_536);
  return disk !== undefined;
})();
const needs = canMount ? '' : ' (skipped: needs the right to mount a small disk)';

describe.skipIf(!canMount)(`a full disk${needs}`, () => {
  const prepare = async (bytes: number) => {
    const disk = smallDisk(bytes);
    if (!disk) throw new Error('mount worked a moment ago');
    const configDir = join(disk.path, 'langinfra');
    const noRoom = `The disk is full: there is no space left for ${configDir}/langinfra.db. Make room and try again`;
    const me = newcomer({ LANGINFRA_CONFIG_DIR: configDir, LANGINFRA_AUTO_LOGIN: 'False' });
    return {
      disk,
      me,
      noRoom,
      refused: { code: 7, stdout: '', stderr: `langinfra: ${noRoom}\n` },
      rows: (query: string) => rowsOf<{ username: string }>(join(configDir, 'langinfra.db'), query),
      [Symbol.asyncDispose]: async () => {
        await me[Symbol.asyncDispose]();
        disk[Symbol.dispose]();
      },
    };
  };

  const usersOf = async (bearer: string, server: Server): Promise<string[]> => {
    const { status, body } = await server.call('GET /api/v1/users/?limit=1000&sort=username', { bearer });
    expect(status).toBe(200);
    return body.users.map(({ username }: { username: string }) => username);
  };

  test('while the database grows: what was confirmed is there, and everything works again with room', async () => {
    await using t = await prepare(800_000);
    const { me, disk } = t;
    await me.run(['superuser', '--username', 'root'], { input: good });
    const server = await me.serve();
    const bearer = await server.bearer('root');
    disk.fill(300_000);
    const added = ['root'];
    const add = async (username: string) => {
      const json = { username, password: good, is_active: true };
      const answer = await server.call('POST /api/v1/users/', { bearer, json });
      if (answer.status === 201) added.push(username);
      return answer;
    };
    let answer = await add('user-0');
    while (answer.status === 201 && added.length < 1000) answer = await add(`user-${added.length}`);
    expect(answer).toEqual({ status: 503, body: { detail: 'The database does not answer now' } });
    expect(server.said.stderr).toContain(t.noRoom);
    // The other doors say the same, reading goes on, and what was refused has left nothing behind.
    expect(await me.run(['users', 'add', 'bob', '--generate'])).toEqual(t.refused);
    expect(await me.run(['users', 'deactivate', 'root'])).toMatchObject({ code: 5 });
    expect(await usersOf(bearer, server)).toEqual(added.toSorted());
    expect((await me.run(['users', 'list', '--all'])).stdout.trimEnd().split('\n')).toHaveLength(
      1 + added.length,
    );

    disk.makeRoom();
    expect(await add('afterwards')).toMatchObject({ status: 201 });
    expect((await server.login('user-0')).status).toBe(200);
    server.signal('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(await me.run(['users', 'list', '--all'])).toMatchObject({ code: 0 });
    const rows = await t.rows('select username from user order by username');
    expect(rows.map(({ username }) => username)).toEqual(added.toSorted());
    expect(await t.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('under an open console: it says so, stays, and works again with room', async () => {
    await using t = await prepare(800_000);
    const { me, disk } = t;
    await me.run(['superuser', '--username', 'root'], { input: good });
    await me.add('ada');
    await using ui = me.terminal();
    await ui.sees('Sign in');
    ui.type('root', keys.enter, good, keys.enter);
    await ui.sees(/› ada +\[x\]/);
    disk.fill(0);
    ui.type('a');
    await ui.sees('Not done: The disk is full');
    expect(ui.line('› ada')).toMatch(/ada +\[x\]/);
    disk.makeRoom();
    ui.type('a');
    await ui.sees(/› ada[\w ]* \[ \]/);
    ui.type('q');
    expect(await ui.ended).toMatchObject({ code: 0 });
    expect(await t.rows("select is_active from user where username = 'ada'")).toEqual([{ is_active: 0 }]);
  });

  test('to the last byte: a command ends with exit 7 and one line, and nothing is lost', async () => {
    await using t = await prepare(2_000_000);
    const { me, disk } = t;
    await me.run(['superuser', '--username', 'root'], { input: good });
    await me.add('ada');
    disk.fill(0);
    for (const args of [
      ['users', 'add', 'bob', '--generate'],
      ['users', 'deactivate', 'ada'],
    ]) {
      const { code, stdout, stderr } = await me.run(args);
      expect({ code, stdout }).toEqual({ code: 7, stdout: '' });
      // SQLite has no room for the file it would say it with, so the sentence may be that of a broken disk.
      expect(stderr).toMatch(/^langinfra: [^\n]+langinfra\.db[^\n]+\n$/);
    }
    disk.makeRoom();
    expect(await me.run(['users', 'deactivate', 'ada'])).toMatchObject({ code: 0 });
    expect(await t.rows('select username from user order by username')).toEqual([
      { username: 'ada' },
      { username: 'root' },
    ]);
  });

  test('at the very first start: exit 7, one line, and the next start with room works', async () => {
    await using t = await prepare(900_000);
    t.disk.fill(0);
    const { code, stdout, stderr } = await t.me.run(['run', '--headless']);
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' });
    expect(stderr).toMatch(/^langinfra: [^\n]+\n$/);
    t.disk.makeRoom();
    const made = await t.me.run(['superuser', '--username', 'root'], { input: good });
    expect(made).toMatchObject({ code: 0 });
  });
});
