import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Expected, expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const show = (as: string | undefined, id: string | undefined) => t.call(`GET /api/v1/users/${id}`, { as });

const others = { status: 403, detail: said.superuserNeeded } as const;
const cases: (Expected & { as?: string; whom: string })[] = [
  { as: 'root', whom: 'ada', status: 200, shows: ['"ada"'], hides: ['password', 'bob'] },
  { as: 'root', whom: 'root', status: 200, shows: ['"root"'], hides: ['password'] },
  { as: 'root', whom: nobody, status: 404, detail: 'User not found' },
  { as: 'root', whom: '17', status: 422, detail: 'id must be a UUID' },
  { as: 'ada', whom: 'ada', status: 200, shows: ['"ada"'], hides: ['password', 'bob', 'root'] },
  // The same for an id that is somebody's and one that is nobody's: it does not tell who is there.
  { as: 'ada', whom: 'bob', ...others, hides: ['bob'] },
  { as: 'ada', whom: 'root', ...others, hides: ['root'] },
  { as: 'ada', whom: nobody, ...others },
  { as: 'bob', whom: 'ada', ...others, hides: ['ada'] },
  { whom: 'ada', status: 403, detail: said.nothingSent, hides: ['ada'] },
  { whom: nobody, status: 403, detail: said.nothingSent },
  { whom: '17', status: 403, detail: said.nothingSent },
];
test.each(cases)('$whom shown to $as is answered with $status', async ({ as, whom, ...expected }) => {
  expectAnswer(await show(as, t.ids[whom] ?? whom), expected);
});

describe('a user', () => {
  test('is shown as the list shows it', async () => {
    const { users } = (await t.call('GET /api/v1/users/', { as: 'root' })).body;
    for (const listed of users) expect((await show('root', listed.id)).body).toEqual(listed);
  });

  test.each([
    ['undashed', (id: string) => id.replaceAll('-', '')],
    ['in capitals', (id: string) => id.toUpperCase()],
    ['with a slash behind it', (id: string) => `${id}/`],
  ])('is found by an id %s', async (_, written) => {
    expect((await show('ada', written(t.ids.ada ?? ''))).body).toMatchObject({ id: t.ids.ada });
  });

  test('who was deleted is not found', async () => {
    await t.add('gone');
    await t.call(`DELETE /api/v1/users/${t.ids.gone}`, { as: 'root' });
    expectAnswer(await show('root', t.ids.gone), { status: 404, detail: 'User not found' });
  });
});

const whoami: (Expected & { as?: string })[] = [
  { as: 'root', status: 200, shows: ['"root"'], hides: ['ada', 'bob', 'password'] },
  { as: 'ada', status: 200, shows: ['"ada"'], hides: ['root', 'bob', 'password'] },
  { as: 'bob', status: 200, shows: ['"bob"'], hides: ['root', 'ada', 'password'] },
  { status: 403, detail: said.nothingSent, hides: ['root', 'ada', 'bob'] },
];
test.each(whoami)('whoami asked by $as is answered with $status', async ({ as, ...expected }) => {
  expectAnswer(await t.call('GET /api/v1/users/whoami', { as }), expected);
});
