import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { type Expected, expectAnswer, openServer, said, type TestHttp } from '../support/http.ts';

const nobody = '00000000-0000-4000-8000-000000000000';
const password = 'a good new password';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const change = (as: string | undefined, id: string | undefined, json: unknown) =>
  t.call(`PATCH /api/v1/users/${id}`, { as, json });

type Case = Expected & { as?: string; whom: string; json: unknown };
const refused: Case[] = [
  { whom: 'bob', json: { is_active: false }, status: 403, detail: said.nothingSent, hides: ['bob'] },
  { whom: 'bob', json: 'nonsense', status: 403, detail: said.nothingSent },
  { as: 'ada', whom: 'bob', json: { username: 'bobby' }, status: 403, detail: said.denied, hides: ['bob'] },
  { as: 'ada', whom: 'bob', json: {}, status: 403, detail: said.denied, hides: ['bob'] },
  {
    as: 'ada',
    whom: 'root',
    json: { is_superuser: false },
    status: 403,
    detail: said.denied,
    hides: ['root'],
  },
  { as: 'ada', whom: 'root', json: { password }, status: 403, detail: said.denied },
  { as: 'ada', whom: 'nobody', json: { username: 'x' }, status: 403, detail: said.denied },
  { as: 'ada', whom: 'ada', json: { is_superuser: true }, status: 403, detail: said.denied },
  { as: 'ada', whom: 'ada', json: { is_active: false }, status: 403, detail: said.denied },
  { as: 'ada', whom: 'ada', json: { username: 'x', is_superuser: 1 }, status: 403, detail: said.denied },
  {
    as: 'ada',
    whom: 'ada',
    json: { password },
    status: 400,
    detail: "You can't change your password here",
  },
  { as: 'root', whom: 'nobody', json: { is_active: false }, status: 404, detail: 'User not found' },
  { as: 'root', whom: 'nobody', json: {}, status: 404, detail: 'User not found' },
  { as: 'root', whom: 'nobody', json: { password }, status: 404, detail: 'User not found' },
  { as: 'root', whom: '17', json: {}, status: 422, detail: 'id must be a UUID' },
  {
    as: 'root',
    whom: 'ada',
    json: { username: 'BOB' },
    status: 400,
    detail: 'This username is unavailable.',
  },
  {
    as: 'root',
    whom: 'ada',
    json: { username: 'a\0' },
    status: 422,
    detail: 'A username has no control, invisible or broken characters',
  },
  {
    as: 'root',
    whom: 'ada',
    json: { password: 'short' },
    status: 422,
    detail: 'A password has at least 8 characters',
  },
  {
    as: 'root',
    whom: 'ada',
    json: { password: 'trustno1' },
    status: 422,
    detail: 'This is one of the most common passwords',
  },
  {
    as: 'root',
    whom: 'root',
    json: { is_active: false },
    status: 409,
    detail: "You can't deactivate the account you are signed in with",
  },
  {
    as: 'root',
    whom: 'root',
    json: { is_superuser: false },
    status: 409,
    detail: "You can't demote the account you are signed in with",
  },
  { as: 'root', whom: 'ada', json: { is_active: 2 }, status: 422, detail: 'is_active must be true or false' },
  { as: 'root', whom: 'ada', json: { username: 1 }, status: 422, detail: 'username must be text' },
  { as: 'root', whom: 'ada', json: { profile_image: {} }, status: 422, detail: 'profile_image must be text' },
  ...['a\0b', 'a\ud800', 'a\nb'].map(profile_image => ({
    as: 'root',
    whom: 'ada',
    json: { profile_image },
    status: 422,
    detail: 'A profile image has no control or broken characters',
  })),
  {
    as: 'ada',
    whom: 'ada',
    json: { profile_image: 'x'.repeat(1025) },
    status: 422,
    detail: 'A profile image has at most 1024 characters',
  },
  { as: 'root', whom: 'ada', json: { version: '1' }, status: 422, detail: 'version must be a whole number' },
  { as: 'root', whom: 'ada', json: { version: 1.5 }, status: 422, detail: 'version must be a whole number' },
  { as: 'root', whom: 'ada', json: ['x'], status: 422, detail: 'The body must have named fields' },
  { as: 'root', whom: 'ada', json: null, status: 422, detail: 'The body must have named fields' },
];
test.each(refused)(
  '$json for $whom from $as is answered with $status',
  async ({ as, whom, json, ...expected }) => {
    // They are signed in before, so that nothing but the change could make a difference.
    if (as) await t.bearerOf(as);
    const users = () => t.rows('select * from user order by id');
    const before = await users();
    expectAnswer(await change(as, t.ids[whom] ?? (whom === 'nobody' ? nobody : whom), json), expected);
    expect(await users()).toEqual(before);
  },
);

describe('a superuser', () => {
  test('sets flags by value, again and again', async () => {
    await t.add('eve', { isActive: false });
    for (const [json, expected] of [
      [{ is_active: true }, { is_active: true, version: 2 }],
      [{ is_active: true }, { is_active: true, version: 2 }],
      [{ is_superuser: 'yes' }, { is_superuser: true, version: 3 }],
      [
        { is_superuser: 0, is_active: '0' },
        { is_superuser: false, is_active: false, version: 4 },
      ],
    ] as const) {
      const answer = await change('root', t.ids.eve, json);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject(expected);
    }
  });

  test('sends back the whole listed user with one flag changed, as the existing page does', async () => {
    await t.add('frank');
    const { users } = (await t.call('GET /api/v1/users/?limit=1000', { as: 'root' })).body;
    const listed = users.find((user: { username: string }) => user.username === 'frank');
    t.pass(1);
    const answer = await change('root', listed.id, { ...listed, is_active: false });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...listed, is_active: false, version: 2, updated_at: expect.any(String) });
    expect(answer.body.updated_at > listed.updated_at).toBe(true);
  });

  test('sends back what is stored already, even of the own account, and nothing is refused', async () => {
    const { body } = await t.call('GET /api/v1/users/whoami', { as: 'root' });
    const answer = await change('root', body.id, body);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(body);
  });

  test.each([
    {},
    {
      username: null,
      profile_image: null,
      password: null,
      is_active: null,
      is_superuser: null,
      version: null,
    },
    { password: '' },
    { last_login_at: '2020-01-01T00:00:00Z', create_at: 'x', id: 'x', store_api_key: 'x', nonsense: 1 },
  ])('changes nothing with %j', async json => {
    const name = `same-${JSON.stringify(json).length}`;
    const user = await t.add(name);
    const answer = await change('root', t.ids[name], json);
    expect(answer.status).toBe(200);
    expect(await t.find(user.id)).toEqual(user);
  });

  test('renames and gives an image', async () => {
    await t.add('grace');
    const json = { username: 'Grace', profile_image: 'Space/046-rocket.svg' };
    const answer = await change('root', t.ids.grace?.replaceAll('-', ''), json);
    expect(answer.body).toMatchObject({ id: t.ids.grace, ...json, version: 2 });
  });

  test('resets a password, which ends the sessions of that user', async () => {
    await t.add('heidi');
    const { body } = await t.login('heidi');
    const answer = await change('root', t.ids.heidi, { password });
    expectAnswer(answer, { status: 200, hides: [password, 'password'] });
    const headers = { authorization: `Bearer ${body.access_token}` };
    expectAnswer(await t.call('GET /api/v1/users/whoami', { headers }), {
      status: 401,
      detail: said.badToken,
    });
    expect((await t.login('heidi')).status).toBe(401);
    expect((await t.login('heidi', password)).status).toBe(200);
  });

  test('who changes somebody deactivated meanwhile on an old version is told so', async () => {
    await t.add('ivan');
    await change('root', t.ids.ivan, { is_active: false });
    const stale = await change('root', t.ids.ivan, { username: 'Ivan', version: 1 });
    expect(stale.status).toBe(409);
    expect(stale.detail).toMatch(/^ivan was changed meanwhile: it was version 1 and is 2\./);
    expect((await change('root', t.ids.ivan, { username: 'Ivan', version: 2 })).status).toBe(200);
    expect((await change('root', t.ids.ivan, { username: 'ivan' })).status).toBe(200);
  });
});

describe('an ordinary user', () => {
  test('changes the own name and image', async () => {
    await t.add('judy');
    const answer = await change('judy', t.ids.judy, { username: 'Judy', profile_image: 'x.svg' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ username: 'Judy', profile_image: 'x.svg', is_superuser: false });
  });

  test('may send the own flags and an empty password along, unchanged', async () => {
    await t.add('kim');
    const { body } = await t.call('GET /api/v1/users/whoami', { as: 'kim' });
    const answer = await change('kim', t.ids.kim, { ...body, password: '', profile_image: 'y.svg' });
    expect(answer.status).toBe(200);
    expect(answer.body.profile_image).toBe('y.svg');
  });
});

describe('the whole listed user sent back with one flag changed', () => {
  // Two names that look alike, as the Python server let people have them: one as a Mac types it.
  const typed = ['Zo\u00eb', 'Zoe\u0308'];

  test.each([[typed.slice(1)], [typed]])(
    'changes that flag, whatever the bytes of the name: %j',
    async names => {
      await using own = await openServer();
      for (const name of names) await own.addRow(name, '');
      const { body: list } = await own.call('GET /api/v1/users/', { as: 'root' });
      for (const listed of list.users.filter(({ username }: { username: string }) =>
        names.includes(username),
      )) {
        const json = { ...listed, is_active: false };
        const answer = await own.call(`PATCH /api/v1/users/${listed.id}`, { as: 'root', json });
        expect(answer).toMatchObject({ status: 200, body: { username: listed.username, is_active: false } });
      }
      const rows = await own.rows('select username from user where is_active = 0 order by username desc');
      expect(rows).toEqual(names.map(username => ({ username })));
    },
  );
});

describe("a superuser's own password", () => {
  const opened = async () => {
    const own = await openServer();
    const { body } = await own.login('root');
    const headers = { authorization: `Bearer ${body.access_token}` };
    const patch = (json: object) => own.call(`PATCH /api/v1/users/${own.ids.root}`, { headers, json });
    return { own, patch, headers, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
  };

  test('is changed just after signing in, and the other sessions end', async () => {
    await using it = await opened();
    const elsewhere = { authorization: `Bearer ${await it.own.bearerOf('root')}` };
    const answer = await it.patch({ password });
    expectAnswer(answer, { status: 200, shows: ['"root"'], hides: [password] });
    const whoami = 'GET /api/v1/users/whoami';
    expect((await it.own.call(whoami, { headers: it.headers })).status).toBe(200);
    expect((await it.own.call(whoami, { headers: elsewhere })).status).toBe(401);
    expect((await it.own.login('root', password)).status).toBe(200);
  });

  test('later needs the current one', async () => {
    await using it = await opened();
    it.own.pass(301);
    const wrong = { status: 400, detail: 'The current password is not right' };
    const missing = { status: 400, detail: said.currentMissing };
    expectAnswer(await it.patch({ password }), missing);
    expectAnswer(await it.patch({ password, current_password: '' }), missing);
    expectAnswer(await it.patch({ password, current_password: 'guessed' }), wrong);
    expect((await it.patch({ password, current_password: usual })).status).toBe(200);
  });

  test('cannot stay the same, nor be weak', async () => {
    await using it = await opened();
    expectAnswer(await it.patch({ password: usual }), {
      status: 400,
      detail: "You can't use your current password",
    });
    expect((await it.patch({ password: 'short' })).status).toBe(422);
  });

  test('and the name change together', async () => {
    await using it = await opened();
    const answer = await it.patch({ password, username: 'Root', is_active: true });
    expect(answer.body).toMatchObject({ username: 'Root', version: 2 });
    expect((await it.own.login('Root', password)).status).toBe(200);
  });

  test('and a name that is refused change nothing at all', async () => {
    await using it = await opened();
    expect((await it.patch({ password, username: 'langinfra' })).status).toBe(400);
    expect((await it.own.login('root')).status).toBe(200);
  });

  test('is not changed on an old version', async () => {
    await using it = await opened();
    await it.patch({ profile_image: 'x.svg' });
    expect((await it.patch({ password, version: 1 })).status).toBe(409);
    expect((await it.own.login('root')).status).toBe(200);
  });
});
