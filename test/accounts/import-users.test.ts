import bcrypt from 'bcrypt';
import { describe, expect, test } from 'vitest';
import type { ImportRow } from '../../src/accounts/import-rows.ts';
import { openAccounts, operator, outcomeOf, type TestProcess, usual } from '../support/accounts.ts';
import { hostile } from '../support/hostile.ts';

type Values = ImportRow['values'];

/** Rows as a file gives them, from line 2 on. */
const rowsOf = async function* (all: readonly Values[]) {
  for (let from = 0; from < all.length; from += 700)
    yield all.slice(from, from + 700).map((values, at) => ({ place: from + at + 2, values }));
};

const planOf = (t: Pick<TestProcess, 'accounts'>, all: readonly Values[], skipExisting = false) =>
  t.accounts.users.planImport(operator, rowsOf(all), { unit: 'line', skipExisting });

const importAll = async (t: Pick<TestProcess, 'accounts'>, all: readonly Values[]) => {
  const plan = await planOf(t, all);
  expect(plan.refused).toEqual([]);
  await t.accounts.users.applyImport(operator, plan, { file: 'users.csv' });
  return plan;
};

const schema = 'select type, name, tbl_name, sql from sqlite_master order by type, name';
const hash = await bcrypt.hash(usual, 4);
const many = (count: number, values: Values = {}): Values[] =>
  Array.from({ length: count }, (_, at) => ({ username: `user-${at}`, ...values }));

test('an imported user is one like any other: found, with a folder, and nobody without a password signs in', async () => {
  await using t = await openAccounts();
  await importAll(t, [
    {
      id: '0F8FAD5B-D9CB-469F-A165-70867728950E',
      username: 'Ada',
      password: usual,
      is_active: 'yes',
      is_superuser: '1',
      create_at: '2024-05-06T09:08:07.123456+02:00',
      last_login_at: '2024-05-07 00:00:00',
      profile_image: 'face.png',
      must_change: 'yes',
    },
    { username: 'bob', is_active: true },
    { username: 'eve', password: usual },
  ]);
  const ada = await t.find('0f8fad5bd9cb469fa16570867728950e');
  expect(ada).toMatchObject({
    username: 'Ada',
    isActive: true,
    isSuperuser: true,
    profileImage: 'face.png',
    createdAt: '2024-05-06T07:08:07.123456Z',
    lastLoginAt: '2024-05-07T00:00:00.000000Z',
    mustChangePassword: true,
    version: 1,
  });
  const [, bob] = await t.rows<{ must_change: number }>('select must_change from user order by username');
  expect(bob).toEqual({ must_change: 0 });
  const { user } = await t.signIn('ada');
  expect(user.id).toBe(ada?.id);
  expect(await outcomeOf(t.signIn('bob', ''))).toBe('bad_credentials');
  expect(await outcomeOf(t.signIn('eve'))).toBe('waiting_for_approval');
  expect(await t.rows('select count(*) as n from folder join user on user.id = user_id')).toEqual([{ n: 3 }]);
  expect((await t.rows<{ password: string }>('select password from user')).map(row => row.password)).toEqual([
    expect.stringMatching(/^sealed:/),
    '',
    expect.stringMatching(/^sealed:/),
  ]);
  expect((await t.accounts.check()).flatMap(({ problems }) => problems)).toEqual([]);
});

test.each([
  ['$2a$', hash.replace('$2b$', '$2a$')],
  ['$2b$', hash],
  ['$2y$, as PHP calls it', hash.replace('$2b$', '$2y$')],
])('a bcrypt hash of %s lets its user sign in, and is stored sealed', async (_, password_hash) => {
  await using t = await openAccounts();
  await importAll(t, [{ username: 'ada', password_hash, is_active: true }]);
  expect(JSON.stringify(await t.rows('select * from user'))).not.toContain(hash.slice(8));
  await t.signIn('ada');
  expect(await outcomeOf(t.signIn('ada', 'another one'))).toBe('bad_credentials');
});

test('a hash from elsewhere is of what is typed, one of ours of its NFKC', async () => {
  await using t = await openAccounts();
  const typed = 'naïve ﬁsh²';
  await importAll(t, [
    { username: 'raw', password_hash: await bcrypt.hash(typed, 4), is_active: true },
    {
      username: 'ours',
      password_hash: await bcrypt.hash(typed.normalize('NFKC'), 4),
      password_form: 'nfkc',
      is_active: true,
    },
  ]);
  await t.signIn('raw', typed);
  await t.signIn('ours', typed);
});

const good = { username: 'good' };
describe('one row that is refused keeps all of them out', () => {
  test.each<[what: string, row: Values, code: string]>([
    ['no name', {}, 'username_empty'],
    ['a name of 65 letters', { username: 'x'.repeat(65) }, 'username_too_long'],
    ['the reserved name', { username: 'LangInfra' }, 'username_reserved'],
    ['a name that exists, in capitals', { username: 'ROOT' }, 'username_unavailable'],
    ['a name that the file has already', { username: 'GOOD' }, 'name_twice'],
    ['a short password', { username: 'ada', password: 'short' }, 'password_too_short'],
    ['a password of 73 bytes', { username: 'ada', password: 'x'.repeat(73) }, 'password_too_long'],
    ['the name as the password', { username: 'adaadaada', password: 'ADAADAADA' }, 'password_is_username'],
    [
      'both a password and a hash',
      { username: 'ada', password: usual, password_hash: hash },
      'password_and_hash',
    ],
    ['no bcrypt', { username: 'ada', password_hash: 'pbkdf2_sha256$1' }, 'hash_unusable'],
    ['a cost of 3', { username: 'ada', password_hash: hash.replace('$04$', '$03$') }, 'hash_unusable'],
    ['a cost of 16', { username: 'ada', password_hash: hash.replace('$04$', '$16$') }, 'hash_unusable'],
    ['a hash that was cut', { username: 'ada', password_hash: hash.slice(0, -1) }, 'hash_unusable'],
    ['an unknown form', { username: 'ada', password_hash: hash, password_form: 'nfd' }, 'hash_form_unknown'],
    ['a flag that is none', { username: 'ada', is_active: 'maybe' }, 'flag_unclear'],
    ['a day that is none', { username: 'ada', create_at: '2024-02-31T00:00:00Z' }, 'time_unclear'],
    ['words for a time', { username: 'ada', last_login_at: 'yesterday' }, 'time_unclear'],
    ['no UUID', { username: 'ada', id: '12' }, 'id_no_uuid'],
    ['a number for a name', { username: 12 }, 'not_text'],
    ['an image of 1,025 characters', { username: 'ada', profile_image: 'x'.repeat(1025) }, 'image_too_long'],
  ])('%s', async (_, row, code) => {
    await using t = await openAccounts();
    await t.add('root');
    const before = await t.everything();
    const plan = await planOf(t, [good, row]);
    expect(plan.refused).toMatchObject([{ place: 3, refused: { code } }]);
    expect(await t.everything()).toEqual(before);
  });

  test('an id that somebody has, and one that is in the file twice', async () => {
    await using t = await openAccounts();
    const { id } = await t.add('root');
    const twice = '11111111-1111-4111-8111-111111111111';
    const plan = await planOf(t, [
      { username: 'a', id },
      { username: 'b', id: twice },
      { username: 'c', id: twice },
    ]);
    expect(plan.refused.map(({ place, refused }) => [place, refused?.code])).toEqual([
      [2, 'id_taken'],
      [4, 'id_twice'],
    ]);
  });
});

test('who exists is left out on demand, and nothing else is', async () => {
  await using t = await openAccounts();
  await t.add('root');
  const plan = await planOf(
    t,
    [{ username: 'Root', password: 'short' }, { username: 'root' }, good, good],
    true,
  );
  expect(plan.skipped.map(({ place }) => place)).toEqual([3]);
  expect(plan.refused.map(({ place }) => place)).toEqual([2, 5]);
});

test.each(Object.entries(hostile))(
  'a name of %s is imported as it is, or refused by the rule for names',
  async (_, username) => {
    await using t = await openAccounts();
    const plan = await planOf(t, [{ username }]);
    const single = await outcomeOf(t.accounts.users.create(operator, { username, password: usual }));
    expect(plan.refused.map(({ refused }) => refused?.code)).toEqual(single === 'done' ? [] : [single]);
  },
);

test('somebody who takes one of the names meanwhile keeps all of them out', async () => {
  await using t = await openAccounts();
  const plan = await planOf(t, [good, { username: 'ada', password: usual }]);
  t.lane.meanwhile(() => t.add('Good'));
  const importing = t.accounts.users.applyImport(operator, plan, { file: 'users.csv' });
  expect(await outcomeOf(importing)).toBe('import_overtaken');
  expect(await t.rows('select username from user')).toEqual([{ username: 'Good' }]);
});

test('many users leave tables, indexes and triggers as they were, and everybody is found', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const before = await t.rows(schema);
  await importAll(t, many(6000, { password_hash: hash }));
  expect(await t.rows(schema)).toEqual(before);
  expect((await t.accounts.check()).flatMap(({ problems }) => problems)).toEqual([]);
  const query = { search: 'user-599', sort: 'username', order: 'asc' } as const;
  expect(await t.accounts.users.count(operator, query)).toBe(11);
});

test('an import that fails in the middle leaves nothing, and the indexes where they were', async () => {
  await using t = await openAccounts();
  await t.add('root', { isSuperuser: true });
  const [before, tables] = [await t.everything(), await t.rows(schema)];
  const plan = await planOf(t, many(6000));
  const failing = t.accounts.users.applyImport(
    operator,
    plan,
    { file: 'users.csv' },
    {
      onWritten: done => {
        if (done > 3000) throw new Error('the middle');
      },
    },
  );
  await expect(failing).rejects.toThrow('the middle');
  expect(await t.everything()).toEqual(before);
  expect(await t.rows(schema)).toEqual(tables);
  await t.add('after');
  expect((await t.accounts.check()).flatMap(({ problems }) => problems)).toEqual([]);
});

test('the audit tells of the import and of each user, up to ten thousand', async () => {
  await using t = await openAccounts();
  await importAll(t, [good, { username: 'ada' }]);
  const rows = await t.accounts.audit.page(operator, {}, { after: 0, limit: 10 });
  expect(rows.map(({ event, targetName, detail }) => [event, targetName, JSON.parse(detail).after])).toEqual([
    ['imported', null, { file: 'users.csv', users: 2 }],
    ['user_added', 'good', { isActive: false, isSuperuser: false }],
    ['user_added', 'ada', { isActive: false, isSuperuser: false }],
  ]);
});

test('an import asks for a superuser', async () => {
  await using t = await openAccounts();
  await t.add('ada');
  const { actor } = await t.signIn('ada');
  const asked = t.accounts.users.planImport(actor, rowsOf([good]), { unit: 'line', skipExisting: false });
  expect(await outcomeOf(asked)).toBe('superuser_needed');
  expect(await outcomeOf(t.accounts.users.exported(actor, { hashes: true }).next())).toBe('superuser_needed');
});
