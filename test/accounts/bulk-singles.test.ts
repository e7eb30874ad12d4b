import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Actor } from '../../src/accounts/actor.ts';
import { type BulkAction, bulkActions } from '../../src/accounts/bulk-plan.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { isMatch, type UserMatch, userFilters } from '../../src/store/user-filters.ts';
import type { User } from '../../src/store/users.ts';
import { openAccounts, operator, outcomeOf, type TestAccounts } from '../support/accounts.ts';
import { type Person, populate } from '../support/populations.ts';

type Selected = { names: readonly string[] } | { match: UserMatch; except: readonly string[] };
type Case = { people: Person[]; action: BulkAction; selected: Selected; asker: number };

const names = ['ada', 'bob', 'eve', 'Joe', 'mia', 'zoe'];
const person = fc.record({ isActive: fc.boolean(), isSuperuser: fc.boolean(), hasFlow: fc.boolean() });
const people = fc
  .tuple(fc.array(person, { minLength: 1, maxLength: names.length }), fc.boolean())
  .map(([drawn, withAutomatic]): Person[] => [
    ...drawn.map((one, at) => ({ ...one, name: names[at] ?? '' })),
    ...(withAutomatic ? [{ name: 'langinfra', isActive: true, isSuperuser: true, isAutomatic: true }] : []),
  ]);
const some = fc.subarray([...names, 'langinfra']);
const selected: fc.Arbitrary<Selected> = fc.oneof(
  fc.record({ names: some }),
  fc.record({
    match: fc.record({
      filter: fc.option(fc.constantFrom(...userFilters), { nil: undefined }),
      search: fc.option(fc.constantFrom('', 'O', 'a'), { nil: undefined }),
    }),
    except: some,
  }),
);
const cases: fc.Arbitrary<Case> = fc.record({
  people,
  action: fc.constantFrom(...bulkActions),
  selected,
  asker: fc.nat({ max: names.length }),
});

const everybody = async (t: TestAccounts): Promise<User[]> => {
  const placed = await t.store.read.lists.page({ sort: 'username', order: 'asc' }, 'start', 100);
  return placed.map(({ user }) => user);
};

/** What is left, by the names: who is what, whose sessions and folders there are, and who is remembered as deleted. */
const stateOf = async (t: TestAccounts) => ({
  users: await t.rows(
    'select username, is_active, is_superuser, is_automatic, version from user order by username',
  ),
  sessions: await t.rows('select username from session join user on user_id = user.id order by username'),
  folders: await t.rows('select username from folder join user on user_id = user.id order by username'),
  deleted: await t.rows("select key from meta where key like 'deleted_user:%' order by key"),
});

const edits = {
  activate: { isActive: true },
  deactivate: { isActive: false },
  promote: { isSuperuser: true },
  demote: { isSuperuser: false },
};

/** One user after the other, by the single change; what is refused stays. */
const oneByOne = async (t: TestAccounts, actor: Actor, action: BulkAction, users: readonly User[]) => {
  const flows = action === 'delete' ? await t.rows<{ user_id: string }>('select user_id from flow') : [];
  const owners = new Set(flows.map(flow => flow.user_id));
  let [changed, already] = [0, 0];
  const refused: Partial<Record<RefusalCode, number>> = {};
  for (const { id, version } of users) {
    const { change, remove } = t.accounts.users;
    const outcome = await outcomeOf(
      action === 'delete' ? remove(actor, id) : change(actor, id, edits[action]),
    );
    // Of the last superuser with data each says one of the two reasons.
    const reason = outcome === 'last_superuser' && owners.has(id) ? 'user_has_data' : outcome;
    if (reason !== 'done') refused[reason] = (refused[reason] ?? 0) + 1;
    else if ((await t.find(id))?.version === version) already += 1;
    else changed += 1;
  }
  return { changed, already, refused };
};

/** Two databases with the same people; who asks is the same in both. */
const twoAlike = async ({ people, asker }: Case) => {
  const both = await Promise.all(
    [1, 2].map(async () => {
      const t = await openAccounts({ settings: { autoLogin: true } });
      const actors = await populate(t, people);
      const who = people.filter(({ isActive, isSuperuser }) => isActive && isSuperuser)[asker];
      return { t, actor: (who && actors.get(who.name)) ?? operator };
    }),
  );
  return {
    both,
    [Symbol.asyncDispose]: async () => {
      for (const { t } of both) await t[Symbol.asyncDispose]();
    },
  };
};

test('what is done at once is what single changes would do, one by one', async () => {
  const check = async (drawn: Case) => {
    const { action, selected } = drawn;
    await using alike = await twoAlike(drawn);
    const [single, bulk] = alike.both;
    if (!single || !bulk) throw new Error('two are needed');

    const isSelected = (user: User): boolean =>
      'names' in selected
        ? selected.names.includes(user.username)
        : isMatch(user, selected.match) && !selected.except.includes(user.username);
    // The first by name stays where all superusers are selected: as the last of the single changes it does, too.
    const users = (await everybody(single.t)).filter(isSelected).toReversed();
    const expected = await oneByOne(single.t, single.actor, action, users);

    const ids = new Map((await everybody(bulk.t)).map(({ id, username }) => [username, id]));
    const idsOf = (those: readonly string[]) => those.flatMap(name => ids.get(name) ?? []);
    const selection =
      'names' in selected
        ? { ids: idsOf(selected.names) }
        : { match: selected.match, except: idsOf(selected.except) };
    const plan = await bulk.t.accounts.bulk.plan(bulk.actor, selection, action);
    await bulk.t.accounts.bulk.apply(bulk.actor, selection, plan);

    expect(plan).toMatchObject({
      total: users.length,
      toChange: expected.changed,
      already: expected.already,
    });
    expect(Object.fromEntries(plan.refused.map(({ reason, count }) => [reason, count]))).toEqual(
      expected.refused,
    );
    expect(await stateOf(bulk.t)).toEqual(await stateOf(single.t));
  };
  await fc.assert(fc.asyncProperty(cases, check), { numRuns: 60 });
}, 120_000);
