import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import {
  openAccounts,
  operator,
  outcomeOf,
  superusersOf,
  type TestAccounts,
  type TestProcess,
} from '../support/accounts.ts';

/** What ends somebody as a superuser who can sign in. */
const ends = {
  deactivate: (t: TestProcess, actor: Actor, id: string) =>
    t.accounts.users.change(actor, id, { isActive: false }),
  demote: (t: TestProcess, actor: Actor, id: string) =>
    t.accounts.users.change(actor, id, { isSuperuser: false }),
  remove: (t: TestProcess, actor: Actor, id: string) => t.accounts.users.remove(actor, id),
};
type End = keyof typeof ends;
const kinds = Object.keys(ends) as End[];
const pairs = kinds.flatMap(one => kinds.map(two => [one, two] as const));

/** Writes down, inside the database, how many superusers are left after each single change of a row. */
const countingSuperusers = async (t: TestAccounts) => {
  const superusers =
    'select count(*) from user where is_superuser = 1 and is_active = 1 and is_automatic = 0';
  await t.rows('create table counted (superusers int)');
  for (const event of ['update', 'delete', 'insert']) {
    await t.rows(
      `create trigger count_${event} after ${event} on user begin insert into counted ${superusers}; end`,
    );
  }
  return async () => {
    const counted = await t.rows<{ superusers: number }>('select superusers from counted');
    return Math.min(...counted.map(row => row.superusers));
  };
};

describe('two commands in two processes at once, each of which ends one of the last two superusers', () => {
  test.each(pairs)('%s and %s: exactly one is refused, one superuser stays', async (one, two) => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    const other = await t.another();
    await t.accounts.bootstrap.prepare(undefined);
    for (let round = 1; round <= 4; round += 1) {
      const ada = await t.add(`ada ${round}`, { isSuperuser: true });
      const eve = await t.add(`eve ${round}`, { isSuperuser: true });
      const old = await t.rows<{ id: string }>(
        'select id from user where is_superuser = 1 and is_automatic = 0 and id not in (?, ?)',
        ada.id,
        eve.id,
      );
      for (const { id } of old) await t.accounts.users.remove(operator, id);

      const outcomes = await Promise.all([
        outcomeOf(ends[one](t, operator, ada.id)),
        outcomeOf(ends[two](other, operator, eve.id)),
      ]);
      expect(outcomes.toSorted()).toEqual(['done', 'last_superuser']);
      expect(await superusersOf(t)).toBe(1);
    }
  });
});

describe('two superusers in two processes who end each other at once', () => {
  test.each(pairs)(
    '%s and %s: one of them stays, and the other one’s key does nothing any more',
    async (one, two) => {
      await using t = await openAccounts();
      const other = await t.another();
      const ada = await t.add('ada', { isSuperuser: true });
      const eve = await t.add('eve', { isSuperuser: true });
      const [asAda, asEve] = [await t.signIn('ada'), await other.signIn('eve')];
      const outcomes = await Promise.all([
        outcomeOf(ends[one](t, asAda.actor, eve.id)),
        outcomeOf(ends[two](other, asEve.actor, ada.id)),
      ]);
      expect(outcomes.toSorted()).toEqual(['done', 'session_ended']);
      expect(await superusersOf(t)).toBe(1);
      expect(await t.find(outcomes[0] === 'done' ? ada.id : eve.id)).toMatchObject({
        isActive: true,
        isSuperuser: true,
        version: 1,
      });
    },
  );
});

test('of ten superusers whom ten commands end at once, one stays', async () => {
  await using t = await openAccounts();
  const processes = [t, await t.another(), await t.another()];
  const ids: string[] = [];
  for (let count = 1; count <= 10; count += 1)
    ids.push((await t.add(`root ${count}`, { isSuperuser: true })).id);
  const outcomes = await Promise.all(
    ids.map((id, at) => {
      const [process = t, end = 'demote'] = [processes[at % 3], kinds[at % kinds.length]];
      return outcomeOf(ends[end](process, operator, id));
    }),
  );
  expect(outcomes.filter(outcome => outcome === 'last_superuser')).toHaveLength(1);
  expect(outcomes.filter(outcome => outcome === 'done')).toHaveLength(9);
  expect(await superusersOf(t)).toBe(1);
});

test('whatever two processes do at once, there is never a moment without a superuser', async () => {
  const commands = fc.array(
    fc.record({
      does: fc.constantFrom('deactivate', 'activate', 'demote', 'promote', 'remove', 'rename'),
      whom: fc.nat({ max: 3 }),
      as: fc.nat({ max: 4 }),
      where: fc.nat({ max: 1 }),
    }),
    { minLength: 4, maxLength: 16 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async asked => {
      await using t = await openAccounts();
      const processes = [t, await t.another()] as const;
      const people: { id: string; actor: Actor }[] = [];
      for (const name of ['ada', 'bob', 'eve', 'joe']) {
        const { id } = await t.add(name, { isSuperuser: name < 'c' });
        people.push({ id, actor: (await t.signIn(name)).actor });
      }
      const fewest = await countingSuperusers(t);

      await Promise.all(
        asked.map(({ does, whom, as, where }) => {
          const { change, remove } = processes[where === 0 ? 0 : 1].accounts.users;
          const actor = people[as]?.actor ?? operator;
          const id = people[whom]?.id ?? '';
          const edit = {
            deactivate: { isActive: false },
            activate: { isActive: true },
            demote: { isSuperuser: false },
            promote: { isSuperuser: true },
            rename: { username: `user ${whom}` },
          };
          return outcomeOf(does === 'remove' ? remove(actor, id) : change(actor, id, edit[does]));
        }),
      );
      expect(await fewest()).toBeGreaterThan(0);
      expect(await superusersOf(t)).toBeGreaterThan(0);
    }),
    { numRuns: 8 },
  );
});

describe('who counts as the last superuser', () => {
  test('neither the automatic account nor an inactive superuser stands in for it', async () => {
    await using t = await openAccounts({ settings: { autoLogin: true } });
    await t.accounts.bootstrap.prepare(undefined);
    await t.add('sleeping', { isSuperuser: true, isActive: false });
    const { id } = await t.add('root', { isSuperuser: true });
    for (const end of kinds) expect(await outcomeOf(ends[end](t, operator, id))).toBe('last_superuser');
    expect(await t.find(id)).toMatchObject({ isActive: true, isSuperuser: true, version: 1 });
  });

  test('one that is promoted or activated first lets the other one go', async () => {
    await using t = await openAccounts();
    const root = await t.add('root', { isSuperuser: true });
    const ada = await t.add('ada', { isActive: false });
    await t.accounts.users.change(operator, ada.id, { isSuperuser: true });
    expect(await outcomeOf(ends.demote(t, operator, root.id))).toBe('last_superuser');
    await t.accounts.users.change(operator, ada.id, { isActive: true });
    expect(await outcomeOf(ends.demote(t, operator, root.id))).toBe('done');
    expect(await outcomeOf(ends.demote(t, operator, ada.id))).toBe('last_superuser');
  });
});
