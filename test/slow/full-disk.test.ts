import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createChance, newSeed } from '../support/chance.ts';
import { canMount, needsDisk, smallDisk } from '../support/disks.ts';
import { good, newcomer, rowsOf, type Server } from '../support/program.ts';
import { keys } from '../support/pty.ts';

describe.skipIf(!canMount)(`a full disk${needsDisk}`, () => {
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
      rows: (query: string) =>
        rowsOf<{ username: string; is_active: number }>(join(configDir, 'langinfra.db'), query),
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
    await using t = await prepare(1_000_000);
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
    await using t = await prepare(1_000_000);
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

  test('at 50 random writes: each is refused in one line, and nothing is lost or half done', async () => {
    const seed = newSeed();
    const chance = createChance(seed);
    await using t = await prepare(3_000_000);
    const { me, disk } = t;
    await me.run(['superuser', '--username', 'root'], { input: good });
    /** Whom there must be, and whether they may sign in. */
    const users = new Map([['root', 1]]);
    const there = async (): Promise<Map<string, number>> => {
      const rows = await t.rows('select username, is_active from user');
      return new Map(rows.map(({ username, is_active: isActive }) => [username, isActive]));
    };
    let made = 0;
    const writes: Record<string, () => { args: string[]; does: () => void }> = {
      add: () => {
        const username = `user-${++made}`;
        return { args: ['users', 'add', username, '--generate'], does: () => users.set(username, 0) };
      },
      import: () => {
        const usernames = Array.from({ length: 40 }, () => `user-${++made}`);
        const file = me.file('users.csv', ['username', ...usernames].join('\n'));
        const does = () => usernames.forEach(username => void users.set(username, 0));
        return { args: ['users', 'import', file], does };
      },
      activate: () => {
        const does = () => users.forEach((_, username) => void users.set(username, 1));
        return { args: ['users', 'activate', '--filter', 'pending', '--yes'], does };
      },
      delete: () => {
        const username = [...users.keys()].at(-1) ?? '';
        return { args: ['users', 'delete', username, '--yes'], does: () => users.delete(username) };
      },
    };
    for (let refused = 0, tries = 0; refused < 50; tries += 1) {
      const kinds = ['add', 'import', 'activate', ...(users.size > 1 ? ['delete'] : [])];
      const kind = kinds[chance.below(kinds.length)] ?? '';
      const { args, does } = writes[kind]?.() ?? { args: [], does: () => {} };
      const left = chance.below(20) * 4096;
      disk.fill(left);
      const outcome = await me.run(args);
      const where = `seed ${seed}, try ${tries}: ${args} with ${left} bytes left`;
      if (outcome.code !== 0) {
        refused += 1;
        expect(outcome, where).toMatchObject({ code: 7, stdout: '' });
        expect(outcome.stderr, where).toMatch(/^(\d+ to \w+\n)?langinfra: [^\n]+langinfra\.db[^\n]+\n$/);
        disk.makeRoom();
        expect(await there(), where).toEqual(users);
        expect(await me.run(args), where).toMatchObject({ code: 0 });
      }
      does();
      disk.makeRoom();
      expect(await there(), where).toEqual(users);
    }
    expect(await me.run(['check'])).toMatchObject({ code: 0 });
    expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 0 });
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
