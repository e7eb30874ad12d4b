import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createChance, newSeed } from '../support/chance.ts';
import { good, type Newcomer, newcomer } from '../support/program.ts';
import { commandDoor, consoleDoor, httpDoor, type Step, startWriter, steps } from '../support/writers.ts';

/** So many times something is killed while all three write. */
const kills = 200;
/** So often, after that many, the database is looked over while the others write. */
const lookAfter = 50;

const isSound = async (me: Newcomer): Promise<void> => {
  expect(await me.run(['check'])).toMatchObject({ code: 0 });
  expect(await me.run(['audit', 'verify'])).toMatchObject({ code: 0 });
};

type Row = { username: string; is_active: number; is_superuser: number };

/** How far a user has come, by what the database holds. */
const stepOf = (row: Row | undefined): Step | undefined => {
  if (row === undefined) return undefined;
  if (row.is_superuser) return 'superuser';
  return row.is_active ? 'active' : 'added';
};

const events: Record<Step, string> = {
  added: 'user_added',
  active: 'user_changed',
  superuser: 'user_changed',
  deleted: 'user_deleted',
};

test('every change that the console, HTTP and commands confirmed is there after 200 times kill -9', {
  timeout: 900_000,
}, async () => {
  const seed = newSeed();
  const chance = createChance(seed);
  await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'False' });
  await me.run(['superuser', '--username', 'root'], { input: good });
  const first = await me.serve();
  const bearer = await first.bearer('root');
  await first.kill();

  await using ofConsole = startWriter('console', () => consoleDoor(me, 'root'));
  await using ofHttp = startWriter('http', () => httpDoor(me, bearer));
  await using ofCommands = startWriter('command', () => commandDoor(me));
  const writers = [ofConsole, ofHttp, ofCommands];
  for (let kill = 1; kill <= kills; kill += 1) {
    await Promise.all(writers.map(writer => writer.writes()));
    // Each of them is in the middle of something: nobody knows where.
    await setTimeout(chance.below(80));
    // All at once is what a computer that loses its power does.
    const victims = chance.oneOf([ofHttp], [ofHttp], [ofCommands], [ofCommands], [ofConsole], writers);
    await Promise.all(victims.map(writer => writer.kill()));
    if (kill % lookAfter === 0) await isSound(me);
  }
  await Promise.all(writers.map(writer => writer.stop()));

  const users = await me.rows<Row>('select username, is_active, is_superuser from user');
  const rows = new Map(users.map(user => [user.username, user]));
  const told = await me.rows<{ what: string; times: number }>(
    "select event || ' ' || target_name as what, count(*) as times from audit group by 1",
  );
  const times = new Map(told.map(({ what, times }) => [what, times]));
  for (const { confirmed } of writers)
    for (const [username, step] of confirmed) {
      // What was confirmed is so, or one step further: what it was at when it was killed.
      const at = step === undefined ? -1 : steps.indexOf(step);
      const now = stepOf(rows.get(username)) ?? (at < 1 ? undefined : 'deleted');
      expect([step, steps[at + 1]], `seed ${seed}: ${username}, confirmed as ${step}`).toContain(now);
      // Each change has its row in the audit, and what did not happen has none.
      const happened = now === undefined ? [] : steps.slice(0, steps.indexOf(now) + 1);
      for (const event of new Set(Object.values(events)))
        expect(times.get(`${event} ${username}`) ?? 0, `seed ${seed}: ${event} ${username}`).toBe(
          happened.filter(each => events[each] === event).length,
        );
    }
  await isSound(me);
  for (const { confirmed } of writers) expect(confirmed.size).toBeGreaterThan(kills / 10);

  const server = await me.serve();
  for (const writer of ['console', 'http', 'command']) {
    const [survivor] = users.filter(user => user.username.startsWith(writer) && user.is_active);
    expect((await server.login(survivor?.username ?? '')).status).toBe(200);
  }
});
