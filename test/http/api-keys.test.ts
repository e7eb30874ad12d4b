import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operator, usual } from '../support/accounts.ts';
import {
  type Answer,
  type Expected,
  expectAnswer,
  openServer,
  type Sends,
  said,
  type TestHttp,
} from '../support/http.ts';

const url = '/api/v1/api_key/';
const whoami = 'GET /api/v1/users/whoami';
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const notFound = 'API Key not found';

let t: TestHttp;
/** Keys that ada, bob and root have, and their ids. */
const keys: Record<string, string> = {};
const keyIds: Record<string, string> = {};
const make = (as: string, json: object = {}, server: Pick<TestHttp, 'call'> = t) =>
  server.call(`POST ${url}`, { as, json });
beforeAll(async () => {
  t = await openServer();
  for (const name of ['ada', 'bob', 'root']) {
    const { body } = await make(name, { name: `first of ${name}` });
    keys[name] = body.api_key;
    keyIds[name] = body.id;
  }
});
afterAll(() => t[Symbol.asyncDispose]());

/** By a token, by a key, or as a guest. */
const senders: [string, (name: string) => Sends][] = [
  ['token', name => ({ as: name })],
  ['key', name => ({ headers: { 'x-api-key': keys[name] ?? '' } })],
];
const unknown = '00000000-0000-4000-8000-000000000000';

describe('GET', () => {
  test.each(senders)('shows ada, by her %s, her own keys and nothing of others', async (_, by) => {
    const answer = await t.call(`GET ${url}`, by('ada'));
    expectAnswer(answer, {
      status: 200,
      hides: ['bob', 'root', 'sha256', keys.ada ?? '', keys.bob ?? '', t.ids.bob ?? ''],
    });
    expect(answer.body).toEqual({
      total_count: 1,
      user_id: t.ids.ada,
      api_keys: [
        {
          id: keyIds.ada,
          name: 'first of ada',
          api_key: `${keys.ada?.slice(0, 8)}${'*'.repeat(38)}`,
          created_at: expect.stringMatching(timestamp),
          last_used_at: null,
          total_uses: 0,
          is_active: true,
          user_id: t.ids.ada,
          expires_at: null,
        },
      ],
    });
  });

  test('shows a superuser only the own ones, too', async () => {
    const { body, text } = await t.call(`GET ${url}`, { as: 'root' });
    expect(body).toMatchObject({ total_count: 1, user_id: t.ids.root, api_keys: [{ id: keyIds.root }] });
    expect(text).not.toContain('ada');
  });

  test('shows uses as soon as they are written, the time that a key ends, and none where there is none', async () => {
    await using own = await openServer({ at: '2026-01-01T00:00:00.000Z' });
    expect((await own.call(`GET ${url}`, { as: 'bob' })).body).toEqual({
      total_count: 0,
      user_id: own.ids.bob,
      api_keys: [],
    });
    const { body } = await make('ada', { expires_in_seconds: 3600 }, own);
    for (let uses = 0; uses < 3; uses += 1)
      await own.call(whoami, { headers: { 'x-api-key': body.api_key } });
    await own.accounts.close();
    expect((await own.call(`GET ${url}`, { as: 'ada' })).body.api_keys).toMatchObject([
      {
        total_uses: 3,
        last_used_at: '2026-01-01T00:00:03.000000Z',
        expires_at: '2026-01-01T01:00:03.000000Z',
      },
    ]);
  });

  test('answers without the slash at the end as with it', async () => {
    expect((await t.call('GET /api/v1/api_key', { as: 'ada' })).body.total_count).toBe(1);
  });
});

describe('POST', () => {
  test.each(senders)('gives ada, by her %s, a key that is shown this once', async (_, by) => {
    const answer = await t.call(`POST ${url}`, { ...by('ada'), json: { name: 'new' } });
    expectAnswer(answer, { status: 200, hides: ['sha256', keys.ada ?? ''] });
    const { id, api_key } = answer.body;
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/),
      name: 'new',
      api_key: expect.stringMatching(/^sk-[\w-]{43}$/),
      created_at: expect.stringMatching(timestamp),
      last_used_at: null,
      total_uses: 0,
      is_active: true,
      user_id: t.ids.ada,
      expires_at: null,
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expectAnswer(await t.call(whoami, { headers: { 'x-api-key': api_key } }), {
      status: 200,
      shows: ['"ada"'],
      hides: [api_key],
    });
    expect((await t.call(`GET ${url}`, { as: 'ada' })).text).not.toContain(api_key);
    await t.call(`DELETE ${url}${id}`, { as: 'ada' });
  });

  const cases: (Expected & { as?: string; name: string; json?: unknown; sends?: Sends })[] = [
    { name: 'a guest', json: {}, status: 403, detail: said.nothingSent, hides: ['sk-'] },
    { name: 'a guest with nonsense', json: 1, status: 403, detail: said.nothingSent },
    { as: 'ada', name: 'no name', json: {}, status: 200, shows: ['"name":null'] },
    { as: 'ada', name: 'null for both', json: { name: null, expires_in_seconds: null }, status: 200 },
    { as: 'ada', name: 'an empty name, as the page sends it', json: { name: '' }, status: 200 },
    {
      as: 'ada',
      name: 'what only the program decides, as the Python server ignores it, too',
      json: { api_key: 'sk-mine', user_id: unknown, is_active: false, total_uses: 7, id: unknown },
      status: 200,
      shows: ['"is_active":true', '"total_uses":0'],
      hides: ['sk-mine', unknown],
    },
    {
      as: 'root',
      name: 'another user’s id from a superuser',
      json: { user_id: unknown },
      status: 200,
      hides: [unknown],
    },
    { as: 'ada', name: 'a number as name', json: { name: 7 }, status: 422, detail: 'name must be text' },
    { as: 'ada', name: 'a list as name', json: { name: ['x'] }, status: 422, detail: 'name must be text' },
    {
      as: 'ada',
      name: '101 letters',
      json: { name: 'x'.repeat(101) },
      status: 422,
      detail: 'The name of an API key has at most 100 characters',
    },
    {
      as: 'ada',
      name: 'NUL in the name',
      json: { name: 'a\0' },
      status: 422,
      detail: 'The name of an API key has no control, invisible or broken characters',
    },
    ...[0, -1, 315_360_001, Number.MAX_SAFE_INTEGER].map(seconds => ({
      as: 'ada',
      name: `${seconds} seconds`,
      json: { expires_in_seconds: seconds },
      status: 422,
      detail: 'An API key lasts from one second to ten years',
    })),
    ...[1.5, 1e300, '60', true, [], {}].map(seconds => ({
      as: 'ada',
      name: `${JSON.stringify(seconds)} seconds`,
      json: { expires_in_seconds: seconds },
      status: 422,
      detail: 'expires_in_seconds must be a whole number',
    })),
    { as: 'ada', name: 'ten years', json: { expires_in_seconds: 315_360_000 }, status: 200 },
    { as: 'ada', name: 'a list', json: [], status: 422, detail: 'The body must have named fields' },
    { as: 'ada', name: 'no body', status: 422, detail: 'The body must have named fields' },
    {
      as: 'ada',
      name: 'a form',
      sends: { form: { name: 'x' } },
      status: 415,
      detail: 'Send the body as application/json',
    },
  ];
  test.each(cases)('$name is answered with $status', async ({ as, json, sends, ...expected }) => {
    const count = async () => (await t.rows('select id from apikey')).length;
    const before = await count();
    const answer = await t.call(`POST ${url}`, { as, ...(json !== undefined && { json }), ...sends });
    expectAnswer(answer, expected);
    expect(await count()).toBe(before + (expected.status === 200 ? 1 : 0));
    if (expected.status === 200) await t.call(`DELETE ${url}${answer.body.id}`, { as });
  });

  test('is refused the hundred-and-first time, in words for a person', async () => {
    await using own = await openServer();
    const rows = Array.from(
      { length: 100 },
      (_, at) => `('${at}', 0, 1, '${at}', '2026-01-01', 'sha256:${at}', ?)`,
    );
    await own.rows(
      `insert into apikey (name, total_uses, is_active, id, created_at, api_key, user_id) values ${rows.join()}`.replaceAll(
        '?',
        '?1',
      ),
      own.ids.ada?.replaceAll('-', ''),
    );
    expectAnswer(await make('ada', {}, own), {
      status: 409,
      detail: 'A user has at most 100 API keys. Delete one first',
    });
    expect((await make('bob', {}, own)).status).toBe(200);
  });

  test('is refused to the automatic account, in words for a person', async () => {
    await using own = await openServer({ settings: { autoLogin: true } });
    await own.accounts.bootstrap.prepare(undefined);
    const { body } = await own.call('GET /api/v1/auto_login');
    const headers = { authorization: `Bearer ${body.access_token}` };
    expectAnswer(await own.call(`POST ${url}`, { headers, json: { name: 'x' } }), {
      status: 409,
      detail: 'The automatic account gets no API keys. Sign in as another user',
      hides: ['sk-'],
    });
    expect((await own.call(`GET ${url}`, { headers })).body.api_keys).toEqual([]);
  });
});

describe('DELETE', () => {
  const cases: (Expected & { as?: string; whose: string; path: () => string | undefined })[] = [
    { whose: 'of ada', path: () => keyIds.ada, status: 403, detail: said.nothingSent, hides: ['ada'] },
    { as: 'bob', whose: 'of ada', path: () => keyIds.ada, status: 404, detail: notFound, hides: ['ada'] },
    { as: 'bob', whose: 'of root', path: () => keyIds.root, status: 404, detail: notFound },
    { as: 'bob', whose: 'of nobody', path: () => unknown, status: 404, detail: notFound },
    { as: 'root', whose: 'of nobody', path: () => unknown, status: 404, detail: notFound },
    { as: 'ada', whose: 'by the key', path: () => keys.ada, status: 422, detail: 'id must be a UUID' },
    { as: 'ada', whose: 'by SQL', path: () => "'%20or%201=1--", status: 422, detail: 'id must be a UUID' },
    { as: 'root', whose: 'that is store', path: () => 'store', status: 422, detail: 'id must be a UUID' },
  ];
  test.each(cases)('a key $whose by $as is answered with $status', async ({ as, path, ...expected }) => {
    const rows = () => t.rows('select id from apikey order by id');
    const before = await rows();
    expectAnswer(await t.call(`DELETE ${url}${path()}`, { as }), expected);
    expect(await rows()).toEqual(before);
  });

  test.each([
    ['ada', 'ada', 'dashed', (id: string) => id],
    ['ada', 'ada', 'undashed', (id: string) => id.replaceAll('-', '')],
    ['root', 'ada', 'in capitals', (id: string) => id.toUpperCase()],
  ])('by %s ends a key of %s, the id %s, at every server', async (as, whose, _, written) => {
    const other = await t.anotherServer();
    const { body } = await make(whose);
    const headers = { 'x-api-key': body.api_key };
    expect((await other.call(whoami, { headers })).status).toBe(200);
    const answer = await t.call(`DELETE ${url}${written(body.id)}`, { as });
    expectAnswer(answer, { status: 200, detail: 'API Key deleted', hides: ['sk-'] });
    for (const server of [t, other]) {
      expectAnswer(await server.call(whoami, { headers }), { status: 403, detail: said.badKey });
    }
    expectAnswer(await t.call(`DELETE ${url}${body.id}`, { as }), { status: 404, detail: notFound });
  });

  test('with the very key that it deletes goes well once', async () => {
    const { body } = await make('ada');
    const headers = { 'x-api-key': body.api_key };
    expect((await t.call(`DELETE ${url}${body.id}`, { headers })).status).toBe(200);
    expectAnswer(await t.call(`DELETE ${url}${body.id}`, { headers }), { status: 403, detail: said.badKey });
  });
});

describe('what is not there', () => {
  test.each([undefined, 'ada', 'root'])('the store is not found, by %s', async as => {
    for (const path of ['store', 'store/']) {
      expectAnswer(await t.call(`POST ${url}${path}`, { as, json: { api_key: 'x' } }), {
        status: 404,
        detail: 'Not Found',
      });
    }
  });

  test.each(['PATCH', 'PUT'])('%s is no method', async method => {
    const answer = await t.call(`${method} ${url}`, { as: 'ada', json: {} });
    expectAnswer(answer, { status: 405, detail: 'Method Not Allowed' });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
  });
});

describe('a key', () => {
  const ask = (key: string, what = whoami): Promise<Answer> =>
    t.call(what, { headers: { 'x-api-key': key } });

  test('of a superuser does what a superuser may, and of others not', async () => {
    expectAnswer(await ask(keys.root ?? '', 'GET /api/v1/users/'), { status: 200, shows: ['"bob"'] });
    expectAnswer(await ask(keys.ada ?? '', 'GET /api/v1/users/'), {
      status: 403,
      detail: said.superuserNeeded,
      hides: ['bob'],
    });
  });

  test('of an inactive user is refused as such, until the user is active again', async () => {
    await t.add('sleeper');
    const { body } = await make('sleeper');
    const change = (is_active: boolean) =>
      t.call(`PATCH /api/v1/users/${t.ids.sleeper}`, { as: 'root', json: { is_active } });
    await change(false);
    expectAnswer(await ask(body.api_key), { status: 401, detail: 'Inactive user', hides: ['sleeper'] });
    await change(true);
    expect((await ask(body.api_key)).status).toBe(200);
  });

  test('of a deleted user is none', async () => {
    await t.add('leaver');
    const { body } = await make('leaver');
    await t.accounts.users.remove(operator, t.ids.leaver?.replaceAll('-', '') ?? '');
    expectAnswer(await ask(body.api_key), { status: 403, detail: said.badKey });
    expect(await t.rows('select * from apikey where id = ?', body.id.replaceAll('-', ''))).toEqual([]);
  });

  test('does not end the account it belongs to, nor gives it a password without the present one', async () => {
    const headers = { 'x-api-key': keys.root ?? '' };
    const path = `/api/v1/users/${t.ids.root}`;
    expectAnswer(await t.call(`DELETE ${path}`, { headers }), {
      status: 400,
      detail: "You can't delete your own user account",
    });
    const refused = [
      [{ is_active: false }, 409, "You can't deactivate the account you are signed in with"],
      [{ is_superuser: false }, 409, "You can't demote the account you are signed in with"],
      [{ password: 'another horse' }, 400, said.currentMissing],
    ] as const;
    for (const [json, status, detail] of refused) {
      expectAnswer(await t.call(`PATCH ${path}`, { headers, json }), { status, detail });
    }
    expect((await t.login('root')).status).toBe(200);
  });

  test('changes the own password with the present one only, and ends every session, but no key', async () => {
    await using own = await openServer();
    const headers = { 'x-api-key': (await make('ada', {}, own)).body.api_key as string };
    const reset = (json: object, id = own.ids.ada) =>
      own.call(`PATCH /api/v1/users/${id}/reset-password`, { headers, json });
    const password = 'another horse';
    // However short ago somebody signed in: with a key nobody did.
    expectAnswer(await reset({ password }), { status: 400, detail: said.currentMissing });
    expect((await reset({ password, current_password: usual }, own.ids.bob)).status).toBe(400);
    expect((await own.call(whoami, { as: 'ada' })).status).toBe(200);
    expect((await reset({ password, current_password: usual })).status).toBe(200);
    expectAnswer(await own.call(whoami, { as: 'ada' }), { status: 401, detail: said.badToken });
    expect((await own.call(whoami, { headers })).status).toBe(200);
    expect((await own.login('ada', password)).status).toBe(200);
  });

  test('is refused when it has expired', async () => {
    await using own = await openServer();
    const { body } = await make('ada', { expires_in_seconds: 60 }, own);
    const headers = { 'x-api-key': body.api_key };
    own.pass(59);
    expect((await own.call(whoami, { headers })).status).toBe(200);
    own.pass(1);
    expectAnswer(await own.call(whoami, { headers }), { status: 403, detail: said.badKey });
  });
});

describe('the clear key', () => {
  let own: TestHttp;
  let clear: string;
  let id: string;
  beforeEach(async () => {
    own = await openServer();
    ({ api_key: clear, id } = (await make('ada', { name: 'x' }, own)).body);
    return () => own[Symbol.asyncDispose]();
  });

  test('is in no answer but that of its making, and in no log, wherever it was sent', async () => {
    const headers = { 'x-api-key': clear };
    const query = `?x-api-key=${clear}`;
    const answers = [
      await own.call(whoami, { headers }),
      await own.call(whoami + query),
      await own.call(`GET ${url}${query}`),
      await own.call(`GET /api/v1/users/${query}`),
      await own.call(`GET /api/v1/users/${query}&limit=none`, { headers }),
      await own.call(`POST /api/v1/users/${query}`, { json: {} }),
      await own.call(`PATCH /api/v1/users/${own.ids.bob}${query}`, { headers, json: { username: 1 } }),
      await own.call(`GET /nowhere${query}`, { headers }),
      await own.call(`PUT ${url}${query}`, { headers }),
      await own.call(`GET /%ff${query}`, { headers }),
      await own.call(`GET /metrics${query}`, { headers }),
      await own.call(`POST ${url}${query}`, { headers, body: '{', cookies: { apikey_tkn_lflw: clear } }),
      await own.call(`DELETE ${url}${id}${query}`, { headers }),
      await own.call(whoami, { headers }),
    ];
    await own.rows('alter table apikey rename to hidden');
    answers.push(await own.call(whoami, { headers }), await own.call(whoami + query));
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 200, 403, 403, 403, 422, 404, 405, 400, 200, 415, 200, 403, 500, 500,
    ]);
    for (const { text, headers } of answers) {
      expect(text + JSON.stringify([...headers])).not.toContain(clear.slice(8));
    }
    expect(own.logged().length).toBeGreaterThan(answers.length);
    expect(own.log()).not.toContain(clear.slice(8));
  });

  test('is nowhere in the files of the database', async () => {
    await own.call(whoami, { headers: { 'x-api-key': clear } });
    await own.accounts.close();
    const files = ['', '-wal', '-shm'].map(end => own.path + end).filter(file => existsSync(file));
    const bytes = files.map(file => readFileSync(file, 'latin1')).join('');
    expect(files).toContain(`${own.path}-wal`);
    expect(bytes.includes(clear.slice(0, 8))).toBe(true);
    expect(bytes.includes(clear.slice(3))).toBe(false);
    expect(bytes.includes(clear.slice(8))).toBe(false);
  });
});
