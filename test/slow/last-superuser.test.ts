import bcrypt from 'bcrypt';
import { expect, test } from 'vitest';
import { good, type Newcomer, newcomer } from '../support/program.ts';

const ten = Array.from({ length: 10 }, (_, at) => at);

const withRoot = async (): Promise<Newcomer> => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  return me;
};

/** Puts ten superusers, who can sign in, in the place of all that there were. */
const tenSuperusers = async (me: Newcomer, round: string): Promise<string[]> => {
  const names = ten.map(at => `${round}-${at}`);
  const hash = bcrypt.hashSync(good, 10);
  const rows = names.map(name => `${name},${hash},true,true`);
  const file = me.file(`${round}.csv`, ['username,password_hash,is_active,is_superuser', ...rows].join('\n'));
  expect(await me.run(['users', 'import', file])).toMatchObject({ code: 0 });
  const before = (await superusersOf(me)).filter(name => !names.includes(name));
  expect(await me.run(['users', 'delete', ...before, '--yes'])).toMatchObject({ code: 0 });
  expect(await superusersOf(me)).toEqual(names);
  return names;
};

const superusersOf = async (me: Newcomer): Promise<string[]> => {
  const rows = await me.rows<{ username: string }>(
    'select username from user where is_active = 1 and is_superuser = 1 order by username',
  );
  return rows.map(({ username }) => username);
};

/** The fewest superusers that anybody who looks sees, while the work is done. */
const fewestDuring = async (me: Newcomer, work: Promise<unknown>): Promise<number> => {
  let fewest = Number.POSITIVE_INFINITY;
  let isOver = false;
  const looking = (async () => {
    while (!isOver) fewest = Math.min(fewest, (await superusersOf(me)).length);
  })();
  await work;
  isOver = true;
  await looking;
  return Math.min(fewest, (await superusersOf(me)).length);
};

const ends = ['demote', 'deactivate', 'delete'] as const;

test('of ten superusers whom ten processes end at once, one stays, five times over', async () => {
  await using me = await withRoot();
  for (let round = 1; round <= 5; round += 1) {
    const names = await tenSuperusers(me, `round${round}`);
    const ending = Promise.all(
      names.map((name, at) => {
        const end = ends[(round + at) % ends.length] ?? 'demote';
        return me.run(['users', end, name, ...(end === 'delete' ? ['--yes'] : [])]);
      }),
    );
    expect(await fewestDuring(me, ending)).toBe(1);
    const outcomes = await ending;
    expect(outcomes.filter(({ code }) => code === 0)).toHaveLength(9);
    const refused = outcomes.filter(({ code }) => code !== 0);
    expect(refused).toEqual([
      { code: 5, stdout: '', stderr: expect.stringContaining('The last superuser stays') },
    ]);
  }
});

test('of ten processes that each end all superusers, none takes the last one, three times over', async () => {
  await using me = await withRoot();
  for (const [round, end] of ends.entries()) {
    await tenSuperusers(me, `all${round}`);
    const ending = Promise.all(ten.map(() => me.run(['users', end, '--filter', 'superuser', '--yes'])));
    expect(await fewestDuring(me, ending)).toBeGreaterThanOrEqual(1);
    for (const { code, stderr } of await ending) {
      expect([0, 5]).toContain(code);
      expect(stderr).not.toMatch(/internal error|busy/);
    }
  }
});

test('of ten superusers of ten servers who demote each other in a ring, one stays, three times over', async () => {
  await using me = await withRoot();
  await tenSuperusers(me, 'before');
  const servers = await Promise.all(ten.map(() => me.serve()));
  for (let round = 1; round <= 3; round += 1) {
    const names = await tenSuperusers(me, `ring${round}`);
    const rows = await me.rows<{ id: string; username: string }>('select id, username from user');
    const idOf = new Map(rows.map(({ id, username }) => [username, id]));
    const bearers = await Promise.all(servers.map((server, at) => server.bearer(names[at] ?? '')));
    const ending = Promise.all(
      servers.map((server, at) => {
        const path = `/api/v1/users/${idOf.get(names[(at + 1) % 10] ?? '')}`;
        const bearer = bearers[at] ?? '';
        if ((round + at) % 3 === 0) return server.call(`DELETE ${path}`, { bearer });
        const json = (round + at) % 3 === 1 ? { is_superuser: false } : { is_active: false };
        return server.call(`PATCH ${path}`, { bearer, json });
      }),
    );
    expect(await fewestDuring(me, ending)).toBeGreaterThanOrEqual(1);
    // Who was ended first may not end anybody any more.
    for (const { status } of await ending) expect([200, 400, 401, 403, 404]).toContain(status);
  }
  expect(await me.run(['check'])).toMatchObject({ code: 0 });
});
