import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Chance, createChance, newSeed } from '../support/chance.ts';
import { good, newcomer, type Outcome } from '../support/program.ts';

const pageSize = 4096;
const rounds = 30;

/** What only reads; the last one writes into the audit that it was done. */
const readings: string[][] = [
  ['users', 'list', '--all', '--json'],
  ['users', 'list', '--search', 'ser-1', '--json'],
  ['users', 'show', 'ada', '--json'],
  ['audit', 'list', '--json'],
  ['audit', 'verify'],
  ['sessions', 'list', '--json'],
  ['why', 'ada'],
  ['users', 'export'],
];
const changes: string[][] = [
  ['users', 'deactivate', 'bob'],
  ['users', 'delete', 'bob', '--yes'],
  ['users', 'edit', 'ada', '--username', 'eve'],
  ['secret', 'rotate', '--yes'],
];

/** Root, ada, bob and three hundred others, a backup of them, and what the commands say of them. */
const prepare = async () => {
  const me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  await me.add('ada');
  await me.add('bob');
  const names = Array.from({ length: 300 }, (_, at) => `user-${at}`);
  await me.run(['users', 'import', me.file('users.csv', ['username', ...names].join('\n'))]);
  const backup = join(me.home, 'backup.db');
  expect(await me.run(['backup', backup])).toMatchObject({ code: 0 });
  const kept = join(me.home, 'kept');
  cpSync(me.configDir, kept, { recursive: true });
  /** Every file as it was before. */
  const putBack = (): void => {
    rmSync(me.configDir, { recursive: true });
    cpSync(kept, me.configDir, { recursive: true });
    chmodSync(me.configDir, 0o700);
  };
  const said = new Map<string, Outcome>();
  for (const args of readings) said.set(args.join(' '), await me.run(args));
  putBack();
  return {
    me,
    backup,
    putBack,
    /** What a command says where nothing is damaged. */
    usual: (args: readonly string[]) => said.get(args.join(' ')),
    bytes: readFileSync(me.database),
    /** What is said where a command finds that it cannot go on, and what `check` says in the end. */
    refusal: `langinfra: ${me.database} is damaged or is no Langinfra database. It was left untouched. Bring a backup back with: langinfra restore FILE\n`,
    found: `langinfra: ${me.database} is not as it should be. Bring a backup back with: langinfra restore FILE\n`,
    /** Damages the file, runs the command on it, and says whether it wrote there. */
    tried: async (damaged: Buffer, args: readonly string[]) => {
      putBack();
      writeFileSync(me.database, damaged);
      const outcome = await me.run(args);
      return { ...outcome, wrote: !readFileSync(me.database).equals(damaged) };
    },
    [Symbol.asyncDispose]: () => me[Symbol.asyncDispose](),
  };
};

const anyOf = (chance: Chance, [first = [], ...others]: string[][]): string[] =>
  chance.oneOf(first, ...others);

/** A copy in which a page is gone: nothing is left of it, or of anything behind it. */
const withoutPage = (bytes: Buffer, chance: Chance): Buffer => {
  const from = chance.below(bytes.length / pageSize) * pageSize;
  const damaged = Buffer.from(bytes);
  const kind = chance.oneOf('zeros', 'noise', 'cut', 'cut within');
  if (kind === 'zeros') return damaged.fill(0, from, from + pageSize);
  if (kind === 'cut') return damaged.subarray(0, from);
  if (kind === 'cut within') return damaged.subarray(0, from + chance.below(pageSize));
  for (let at = from; at < from + pageSize; at += 1) damaged[at] = chance.below(256);
  return damaged;
};

/** A copy in which one bit is another. Where a page begins stands what it is and where its rows are. */
const withOtherBit = (bytes: Buffer, chance: Chance): Buffer => {
  const page = chance.below(bytes.length / pageSize);
  const at = page * pageSize + chance.below(chance.oneOf(16, 200, pageSize));
  const damaged = Buffer.from(bytes);
  damaged[at] = (damaged[at] ?? 0) ^ (1 << chance.below(8));
  return damaged;
};

describe('a damaged database', { timeout: 900_000 }, () => {
  test(`is refused or read right, ${rounds} times with a page gone, and comes back from a backup`, async () => {
    const seed = newSeed();
    const chance = createChance(seed);
    await using t = await prepare();
    for (let round = 0; round < rounds; round += 1) {
      const where = `seed ${seed}, round ${round}`;
      const damaged = withoutPage(t.bytes, chance);
      // Nothing, as where a disk was full at the very first start, is a database that was not made yet.
      if (damaged.length === 0) continue;
      const args = anyOf(chance, readings);
      const { wrote, ...read } = await t.tried(damaged, args);
      // What a command shows is right, where it did not come upon the damage.
      if (read.code === 0) expect(read, where).toEqual(t.usual(args));
      else {
        expect(read, where).toMatchObject({ code: 7, stderr: t.refusal });
        expect(wrote && args[1] !== 'export', `${where}: ${args}`).toBe(false);
      }
      const changed = await t.tried(damaged, anyOf(chance, changes));
      if (changed.code !== 0)
        expect(changed, where).toEqual({ code: 7, stdout: '', stderr: t.refusal, wrote: false });
      const check = await t.tried(damaged, ['check']);
      // A page may be one that nothing stands on.
      if (check.code === 0) continue;
      expect(check, where).toMatchObject({ code: 7, wrote: false });
      expect([t.refusal, t.found], where).toContain(check.stderr);
      if (check.stderr === t.found) expect(check.stdout, where).toMatch(/^Structure +[^o]/);
      if (round % 3 === 0) {
        expect(await t.me.run(['restore', t.backup, '--yes']), where).toMatchObject({ code: 0 });
        const list = await t.me.run(['users', 'list', '--all', '--json']);
        expect(list, where).toEqual(t.usual(['users', 'list', '--all', '--json']));
      }
    }
  });

  test(`breaks nothing, ${rounds} times with a bit turned`, async () => {
    const seed = newSeed();
    const chance = createChance(seed);
    await using t = await prepare();
    for (let round = 0; round < rounds; round += 1) {
      const damaged = withOtherBit(t.bytes, chance);
      for (const args of [anyOf(chance, readings), anyOf(chance, changes), ['check']]) {
        const outcome = await t.tried(damaged, args);
        const where = `seed ${seed}, round ${round}: ${args} ${outcome.stderr}`;
        // SQLite keeps no sums of its pages. A name that is another now is not found, a flag that is another counts.
        expect([0, 3, 4, 5, 7, 8], where).toContain(outcome.code);
        if (outcome.code !== 0) {
          expect(outcome.stderr, where).toMatch(/^langinfra: [^\n]+\n$/);
          expect(outcome.wrote && args[1] !== 'export', where).toBe(false);
        }
      }
    }
  });

  test('neither opens a console nor listens', async () => {
    await using t = await prepare();
    const damaged = Buffer.from(t.bytes)
      .fill(0, 0, 2 * pageSize)
      .subarray(0, -pageSize);
    damaged.set(t.bytes.subarray(0, 100));
    const headless = await t.tried(damaged, ['run', '--headless']);
    expect(headless).toEqual({ code: 7, stdout: '', stderr: t.refusal, wrote: false });
    await using ui = t.me.terminal();
    await ui.sees('langinfra restore FILE');
    expect(await ui.ended).toMatchObject({ code: 7 });
  });

  test('whose WAL is damaged holds what was confirmed before, and the exported head tells of the rest', async () => {
    const seed = newSeed();
    const chance = createChance(seed);
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
    await me.run(['superuser', '--username', 'root'], { input: good });
    await me.add('name-0');
    const server = await me.serve();
    const bearer = await server.bearer('root');
    const [row] = await me.rows<{ id: string }>("select id from user where username = 'name-0'");
    for (let times = 1; times <= 20; times += 1) {
      const json = { username: `name-${times}` };
      expect(await server.call(`PATCH /api/v1/users/${row?.id}`, { bearer, json })).toMatchObject({
        status: 200,
      });
    }
    await server.kill();
    const files = ['', '-wal', '-shm'].map(suffix => `${me.database}${suffix}`);
    const whole = files.map(file => readFileSync(file));
    expect(whole[1]?.length).toBeGreaterThan(20 * pageSize);
    const putBack = () =>
      files.forEach((file, at) => void writeFileSync(file, whole[at] ?? '', { mode: 0o600 }));
    const head = me.file('head.json', (await me.run(['audit', 'export', '--head'])).stdout);
    for (let round = 0; round < rounds / 3; round += 1) {
      putBack();
      const wal = Buffer.from(whole[1] ?? '');
      const at = chance.below(wal.length);
      if (chance.below(2) === 0) wal[at] = (wal[at] ?? 0) ^ (1 << chance.below(8));
      writeFileSync(files[1] ?? '', chance.below(2) === 0 ? wal : wal.subarray(0, at));
      if (chance.below(2) === 0) writeFileSync(files[2] ?? '', Buffer.alloc(32_768, chance.below(256)));
      const where = `seed ${seed}, round ${round}, at ${at}`;
      const verified = await me.run(['audit', 'verify', '--head', head]);
      expect([0, 7], where).toContain(verified.code);
      if (verified.code === 7)
        expect(verified.stdout + verified.stderr, where).toContain('its end was cut off');
      expect(await me.run(['check']), where).toMatchObject({ code: 0 });
      const [user] = await me.rows<{ username: string }>('select username from user where id = ?', row?.id);
      const changes = await me.rows("select id from audit where event = 'user_changed'");
      expect(user?.username, where).toBe(`name-${changes.length}`);
      if (verified.code === 0) expect(changes, where).toHaveLength(20);
    }
  });
});
