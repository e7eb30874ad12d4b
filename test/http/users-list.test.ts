import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Expected, expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
  for (const name of ['Émile', 'adam', 'Zoë', 'zoe2']) {
    await t.add(name, { isActive: name === 'adam' });
  }
});
afterAll(() => t[Symbol.asyncDispose]());

const list = (query = '', as: string | undefined = 'root') => t.call(`GET /api/v1/users/${query}`, { as });
const namesOf = (answer: Awaited<ReturnType<typeof list>>): string[] =>
  answer.body.users.map((user: { username: string }) => user.username);

const people: (Expected & { as?: string })[] = [
  { as: 'root', status: 200, shows: ['"ada"', '"bob"'], hides: ['password', '$2b$', 'sealed:'] },
  { as: 'ada', status: 403, detail: said.superuserNeeded, hides: ['root', 'bob'] },
  { as: 'bob', status: 403, detail: said.superuserNeeded, hides: ['root', 'ada'] },
  { status: 403, detail: said.nothingSent, hides: ['root', 'ada'] },
];
test.each(people)('$as is answered with $status', async ({ as, ...expected }) => {
  expectAnswer(await t.call('GET /api/v1/users/', { as }), expected);
});

test('the list works without the slash at the end', async () => {
  expect((await t.call('GET /api/v1/users', { as: 'root' })).body).toEqual((await list()).body);
});

test('the list is ordered by creation and tells the total', async () => {
  const answer = await list();
  expect(answer.body).toEqual({ total_count: 7, users: expect.any(Array), next: null });
  expect(namesOf(answer).slice(3)).toEqual(['Émile', 'adam', 'Zoë', 'zoe2']);
  expect(answer.body.users.at(-1)).toEqual({
    id: t.ids.zoe2,
    username: 'zoe2',
    profile_image: null,
    store_api_key: null,
    is_active: false,
    is_superuser: false,
    create_at: expect.any(String),
    updated_at: expect.any(String),
    last_login_at: null,
    version: 1,
  });
});

const everybody = ['root', 'ada', 'bob', 'Émile', 'adam', 'Zoë', 'zoe2'];
test.each([
  ['', everybody],
  ['?skip=3&limit=2', ['Émile', 'adam']],
  ['?skip=6', ['zoe2']],
  ['?skip=7', []],
  ['?skip=2147483647', []],
  ['?limit=1000&order=desc&skip=0&unknown=1', everybody.toReversed()],
  ['?search=', everybody],
  ['?search=ZO', ['Zoë', 'zoe2']],
  ['?search=%C3%89M', ['Émile']],
  ['?search=%00', []],
  ["?search=%25' or 1=1--", []],
  ['?filter=superuser', ['root']],
  ['?filter=active', ['root', 'ada', 'bob', 'adam']],
  ['?filter=pending', ['Émile', 'Zoë', 'zoe2']],
  ['?filter=inactive&search=zo&order=desc', ['zoe2', 'Zoë']],
  ['?sort=username', ['ada', 'adam', 'bob', 'root', 'zoe2', 'Zoë', 'Émile']],
  ['?sort=superuser&order=desc', ['root', 'Émile', 'Zoë', 'zoe2', 'bob', 'adam', 'ada']],
])('%s lists them', async (query, names) => {
  expect(namesOf(await list(query))).toEqual(names);
});

describe.each(['', '&filter=active', '&filter=pending', '&search=o', '&search=o&filter=inactive'])(
  'the list %s',
  match => {
    test.each(['asc', 'desc'])('%s is the same however it is cut into pages', async order => {
      const query = `${match}&sort=username&order=${order}`;
      const all = namesOf(await list(`?limit=1000${query}`));
      expect(all.length).toBeGreaterThan(1);
      for (const limit of [1, 2, 3]) {
        for (let skip = 0; skip <= all.length + 1; skip += 1) {
          const answer = await list(`?skip=${skip}&limit=${limit}${query}`);
          expect(namesOf(answer)).toEqual(all.slice(skip, skip + limit));
          expect(answer.body.total_count).toBe(all.length);
          expect(answer.body.next !== null).toBe(skip + limit < all.length);
        }
      }
    });
  },
);

test('the total counts what the search and the filter match', async () => {
  expect((await list('?search=zo&limit=1')).body.total_count).toBe(2);
  expect((await list('?filter=pending&limit=1')).body.total_count).toBe(3);
});

describe('following the cursors', () => {
  const follow = async (query: string) => {
    const names: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const answer = await list(`${query}${next && `&after=${next}`}`);
      names.push(...namesOf(answer));
      next = answer.body.next;
    }
    return names;
  };

  test.each(
    ['created', 'username', 'updated', 'last_login', 'active', 'superuser'].flatMap(sort => [
      `?limit=2&sort=${sort}`,
      `?limit=3&sort=${sort}&order=desc`,
      `?limit=1&sort=${sort}&filter=inactive`,
    ]),
  )('%s gives every user once, in the order of one long page', async query => {
    expect(await follow(query)).toEqual(namesOf(await list(query.replace(/limit=\d/, 'limit=1000'))));
  });

  test('goes on at the same place when users before it are gone', async () => {
    await t.add('short-lived');
    const { next } = (await list('?limit=8')).body;
    expect(next).toBeNull();
    const cursor = (await list('?limit=7')).body.next;
    await t.call(`DELETE /api/v1/users/${t.ids.Émile}`, { as: 'root' });
    expect(namesOf(await list(`?after=${cursor}`))).toEqual(['short-lived']);
  });
});

const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const id = 'a'.repeat(32);
const notACursor = 'after is not a cursor of this list';
const bad: [query: string, detail: string][] = [
  ['?limit=0', 'limit must be a whole number from 1 to 1000'],
  ['?limit=1001', 'limit must be a whole number from 1 to 1000'],
  ['?limit=-1', 'limit must be a whole number from 1 to 1000'],
  ['?limit=ten', 'limit must be a whole number from 1 to 1000'],
  ['?limit=1e2', 'limit must be a whole number from 1 to 1000'],
  ['?limit=', 'limit must be a whole number from 1 to 1000'],
  ['?limit=1&limit=2', 'limit must be a whole number from 1 to 1000'],
  ['?skip=-1', 'skip must be a whole number from 0 to 2147483647'],
  ['?skip=99999999999999999999', 'skip must be a whole number from 0 to 2147483647'],
  ['?sort=password', 'sort must be one of username, created, updated, last_login, active, superuser'],
  ['?sort=__proto__', 'sort must be one of username, created, updated, last_login, active, superuser'],
  ['?order=random', 'order must be one of asc, desc'],
  ['?filter=all', 'filter must be one of pending, active, inactive, superuser'],
  ['?search=a&search=b', 'search must be text'],
  ['?after=', notACursor],
  ['?after=x', notACursor],
  ['?after=%00', notACursor],
  [`?after=${cursor(null)}`, notACursor],
  [`?after=${cursor([])}`, notACursor],
  [`?after=${cursor({ sort: 'created', order: 'asc' })}`, notACursor],
  [`?after=${cursor({ sort: 'created', order: 'asc', place: [] })}`, notACursor],
  [`?after=${cursor({ sort: 'created', order: 'asc', place: [1, id] })}`, notACursor],
  [`?after=${cursor({ sort: 'created', order: 'asc', place: ['x', 'x'] })}`, notACursor],
  [`?after=${cursor({ sort: 'created', order: 'asc', place: ['x', id, 'x'] })}`, notACursor],
  [`?after=${cursor({ sort: 'created', order: 'desc', place: ['x', id] })}`, notACursor],
  [`?after=${cursor({ sort: 'username', order: 'asc', place: ['x', id] })}`, notACursor],
  [`?sort=active&after=${cursor({ sort: 'active', order: 'asc', place: [2, 'x', id] })}`, notACursor],
];
test.each(bad)('%s is answered with 422', async (query, detail) => {
  expectAnswer(await list(query), { status: 422, detail, hides: ['ada'] });
});
