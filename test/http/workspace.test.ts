import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { type Expected, expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const everybody = [undefined, 'ada', 'bob', 'root'];
const config = {
  feature_flags: { mvp_components: false },
  frontend_timeout: 0,
  auto_saving: true,
  auto_saving_interval: 1000,
  health_check_max_retries: 5,
  max_file_size_upload: 100,
};
const forAnybody: [path: string, body: unknown][] = [
  ['/api/v1/version', { version, main_version: version, package: 'Langinfra' }],
  ['/api/v1/config', config],
  ['/api/v1/flows/basic_examples/', []],
  ['/api/v1/store/tags', []],
];
describe.each(forAnybody)('%s', (path, body) => {
  test.each(everybody)('is the same for %s', async as => {
    const answer = await t.call(`GET ${path}`, { as });
    expect([answer.status, answer.body]).toEqual([200, body]);
  });
});

const forUsers: [path: string, body: unknown][] = [
  ['/api/v1/flows/', []],
  ['/api/v1/flows/?remove_example_flows=true&header_flows=true', []],
  ['/api/v1/variables/', []],
  ['/api/v1/all', {}],
  ['/api/v1/all?force_refresh=true', {}],
];
describe.each(forUsers)('%s', (path, body) => {
  test.each(['ada', 'bob', 'root'])('is empty for %s', async as => {
    const answer = await t.call(`GET ${path}`, { as });
    expect([answer.status, answer.body]).toEqual([200, body]);
  });

  test('is for nobody who is not signed in', async () => {
    expectAnswer(await t.call(`GET ${path}`), { status: 403, detail: said.nothingSent });
    const headers = { authorization: 'Bearer x' };
    expectAnswer(await t.call(`GET ${path}`, { headers }), { status: 401, detail: said.badToken });
  });
});

test.each(['flows', 'flows/basic_examples', 'variables', 'folders'])(
  '%s answers without the slash at the end, too',
  async path => expect((await t.call(`GET /api/v1/${path}`, { as: 'ada' })).status).toBe(200),
);

describe('the folders', () => {
  const folders = 'GET /api/v1/folders/';
  const people: (Expected & { as?: string })[] = [
    { as: 'ada', status: 200, shows: ['"My Projects"', 'Private of ada'], hides: ['Private of bob'] },
    { as: 'bob', status: 200, shows: ['"My Projects"', 'Private of bob'], hides: ['Private of ada'] },
    { as: 'root', status: 200, shows: ['"My Projects"'], hides: ['Private'] },
    { status: 403, detail: said.nothingSent, hides: ['My Projects', 'Private'] },
  ];
  beforeAll(async () => {
    const insert = 'insert into folder (id, name, parent_id, user_id) select ?, ?, id, user_id from folder ';
    for (const [name, sign] of [
      ['ada', 'a'],
      ['bob', 'b'],
    ] as const) {
      const id = t.ids[name]?.replaceAll('-', '');
      await t.rows(
        `${insert} where user_id = ?`,
        `${sign.repeat(12)}4${sign.repeat(3)}8${sign.repeat(15)}`,
        `Private of ${name}`,
        id,
      );
    }
  });

  test.each(people)('are shown to their owner: $as is answered with $status', async ({ as, ...expected }) => {
    expectAnswer(await t.call(folders, { as }), expected);
  });

  test('have exactly the documented fields, ids with dashes, in the order of their names', async () => {
    const { body } = await t.call(folders, { as: 'ada' });
    const uuid = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(body).toEqual([
      {
        name: 'My Projects',
        description: 'Manage your own projects. Download and upload folders.',
        id: uuid,
        parent_id: null,
      },
      {
        name: 'Private of ada',
        description: null,
        id: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
        parent_id: body[0].id,
      },
    ]);
  });

  test('of an account that was just made are the default one', async () => {
    await t.add('new');
    const { body } = await t.call(folders, { as: 'new' });
    expect(body.map(({ name }: { name: string }) => name)).toEqual(['My Projects']);
  });
});

describe('what else the Python Langinfra has is not here', () => {
  test.each([
    'GET /api/v1/files/list/1',
    'POST /api/v1/build/1/flow',
    'GET /api/v1/monitor/messages',
    'POST /api/v1/run/1',
    'POST /api/v1/webhook/1',
    'GET /api/v1/starter-projects/',
    'GET /api/v1/store/check/',
    'POST /api/v1/custom_component',
    'GET /api/v1/flows/00000000-0000-4000-8000-000000000000',
    'GET /api/v1/folders/00000000-0000-4000-8000-000000000000',
  ])('%s', async what => {
    expectAnswer(await t.call(what, { as: 'root' }), { status: 404, detail: 'Not Found' });
  });

  test.each(['POST /api/v1/flows/', 'POST /api/v1/folders/', 'POST /api/v1/variables/'])('%s', async what => {
    const answer = await t.call(what, { as: 'root', json: {} });
    expectAnswer(answer, { status: 405, detail: 'Method Not Allowed' });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
});
