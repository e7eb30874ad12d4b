import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { type Expected, expectAnswer, openServer, type Sends, said, type TestHttp } from '../support/http.ts';

const what = 'POST /api/v1/users/';

let t: TestHttp;
beforeAll(async () => {
  t = await openServer();
});
afterAll(() => t[Symbol.asyncDispose]());

const password = 'a good new password';
let made = 0;
const unused = () => `new-${++made}`;

const cases: (Expected & { as?: string; name: string; json: object })[] = [
  { as: 'root', name: 'a name and a password', json: {}, status: 201, hides: ['password', password] },
  { as: 'root', name: 'flags', json: { is_active: true, is_superuser: true }, status: 201 },
  { as: 'root', name: 'null for flags', json: { is_active: null, is_superuser: null }, status: 201 },
  { as: 'root', name: 'unknown keys', json: { optins: {}, id: 'x' }, status: 201 },
  { as: 'ada', name: 'a good account', json: {}, status: 403, detail: said.superuserNeeded, hides: ['root'] },
  { as: 'ada', name: 'nonsense', json: { username: 1 }, status: 403, detail: said.superuserNeeded },
  { name: 'a good account', json: {}, status: 403, detail: said.nothingSent, hides: ['root'] },
  { name: 'nonsense', json: { username: 1 }, status: 403, detail: said.nothingSent },
  {
    as: 'root',
    name: 'a name that is taken',
    json: { username: 'ada' },
    status: 400,
    detail: 'This username is unavailable.',
  },
  {
    as: 'root',
    name: 'a name that is taken in capitals',
    json: { username: 'ADA' },
    status: 400,
    detail: 'This username is unavailable.',
  },
  {
    as: 'root',
    name: 'NUL in the name',
    json: { username: 'a\0b' },
    status: 422,
    detail: 'A username has no control, invisible or broken characters',
  },
  {
    as: 'root',
    name: 'half a character in the name',
    json: { username: 'a\ud800' },
    status: 422,
    detail: 'A username has no control, invisible or broken characters',
  },
  {
    as: 'root',
    name: 'half a character in the password',
    json: { password: 'long enough\ud800' },
    status: 422,
    detail: 'A password has no broken characters',
  },
  {
    as: 'root',
    name: 'an empty name',
    json: { username: '' },
    status: 422,
    detail: 'A username has at least one character',
  },
  {
    as: 'root',
    name: 'the reserved name',
    json: { username: 'Langinfra' },
    status: 400,
    detail: 'The name langinfra is reserved for automatic sign-in',
  },
  {
    as: 'root',
    name: 'a short password',
    json: { password: 'short' },
    status: 422,
    detail: 'A password has at least 8 characters',
  },
  {
    as: 'root',
    name: 'a common password',
    json: { password: 'TrustNo1' },
    status: 422,
    detail: 'This is one of the most common passwords',
    hides: ['TrustNo1'],
  },
  {
    as: 'root',
    name: 'its username and a year as password',
    json: { username: 'augusta', password: 'Augusta-1815' },
    status: 422,
    detail: 'The username and some digits or signs is too easy',
  },
  {
    as: 'root',
    name: 'a password that everybody tries first',
    json: { password: 'langinfra2026!' },
    status: 422,
    detail: 'Words like admin are tried first, with digits too',
  },
  {
    as: 'root',
    name: 'a password of one letter',
    json: { password: 'xxxxxxxxxx' },
    status: 422,
    detail: 'The same again and again, or abc in order, is too easy',
  },
  {
    as: 'root',
    name: 'NUL in the password',
    json: { password: 'long enough\0' },
    status: 422,
    detail: 'A password has no NUL character',
  },
  {
    as: 'root',
    name: 'a password of 73 bytes',
    json: { password: 'x'.repeat(73) },
    status: 422,
    detail: 'A password has at most 72 bytes; this one has 73',
  },
  {
    as: 'root',
    name: 'a number as name',
    json: { username: 7 },
    status: 422,
    detail: 'username must be text',
  },
  {
    as: 'root',
    name: 'null as name',
    json: { username: null },
    status: 422,
    detail: 'username must be text',
  },
  {
    as: 'root',
    name: 'a list as password',
    json: { password: [] },
    status: 422,
    detail: 'password must be text',
  },
  {
    as: 'root',
    name: 'a flag that is none',
    json: { is_active: 'maybe' },
    status: 422,
    detail: 'is_active must be true or false',
  },
  {
    as: 'root',
    name: 'an object as flag',
    json: { is_superuser: { $gt: '' } },
    status: 422,
    detail: 'is_superuser must be true or false',
  },
];

test.each(cases)('$name from $as is answered with $status', async ({ as, json, ...expected }) => {
  const account = { username: unused(), password, ...json };
  const count = async () => (await t.rows('select id from user')).length;
  const before = await count();
  expectAnswer(await t.call(what, { as, json: account }), expected);
  expect(await count()).toBe(before + (expected.status === 201 ? 1 : 0));
});

test('a user is made without the slash at the end, too', async () => {
  const account = { username: unused(), password };
  expect((await t.call('POST /api/v1/users', { as: 'root', json: account })).status).toBe(201);
});

describe('a new user', () => {
  test('is inactive and ordinary unless asked otherwise, and has the default folder', async () => {
    const { body } = await t.call(what, { as: 'root', json: { username: 'carol', password } });
    expect(body).toMatchObject({
      username: 'carol',
      is_active: false,
      is_superuser: false,
      last_login_at: null,
      version: 1,
    });
    expect(body.id).toMatch(/^[\da-f]{8}-/);
    const id = body.id.replaceAll('-', '');
    expect(await t.rows('select name from folder where user_id = ?', id)).toEqual([{ name: 'My Projects' }]);
  });

  test('is active where NEW_USER_IS_ACTIVE says so and nobody else does', async () => {
    const open = await t.anotherServer({ settings: { newUserIsActive: true } });
    const flagFor = async (json: object) =>
      (await open.call(what, { as: 'root', json: { username: unused(), password, ...json } })).body.is_active;
    expect(await flagFor({})).toBe(true);
    expect(await flagFor({ is_active: null })).toBe(true);
    expect(await flagFor({ is_active: false })).toBe(false);
  });

  test.each([
    [true, true],
    [1, true],
    ['1', true],
    ['yes', true],
    ['True', true],
    ['on', true],
    [false, false],
    [0, false],
    ['0', false],
    ['no', false],
    ['FALSE', false],
  ])('%j is a flag', async (is_active, meant) => {
    const { body } = await t.call(what, { as: 'root', json: { username: unused(), password, is_active } });
    expect(body.is_active).toBe(meant);
  });

  test('can sign in with the password, and changes nothing about who asked', async () => {
    await t.call(what, { as: 'root', json: { username: 'dora', password: usual, is_active: 'yes' } });
    expect((await t.login('dora')).status).toBe(200);
  });
});

describe('a body that cannot be read', () => {
  const json = { 'content-type': 'application/json' };
  const fields = `"username":"unread","password":"${password}"`;
  const broken: (Expected & { name: string; sends: Sends })[] = [
    {
      name: 'broken JSON',
      sends: { body: '{"username":', headers: json },
      status: 422,
      detail: 'The body is not valid JSON',
    },
    { name: 'an empty body', sends: { body: '', headers: json }, status: 422, detail: 'The body is empty' },
    { name: 'no body', sends: {}, status: 422, detail: 'The body must have named fields' },
    { name: 'a list', sends: { json: [1] }, status: 422, detail: 'The body must have named fields' },
    { name: 'null', sends: { json: null }, status: 422, detail: 'The body must have named fields' },
    { name: 'a text', sends: { json: 'x' }, status: 422, detail: 'The body must have named fields' },
    { name: 'an empty object', sends: { json: {} }, status: 422, detail: 'username is missing' },
    {
      name: 'a form',
      sends: { form: { username: 'x', password } },
      status: 415,
      detail: 'Send the body as application/json',
    },
    {
      name: 'plain text',
      sends: { body: `{${fields}}`, headers: { 'content-type': 'text/plain' } },
      status: 415,
      detail: 'Send the body as application/json',
    },
    {
      name: 'no content type',
      sends: { body: new TextEncoder().encode(`{${fields}}`) },
      status: 415,
      detail: 'Send the body as application/json',
    },
    {
      name: 'a content type that is none',
      sends: { body: '{}', headers: { 'content-type': 'nonsense' } },
      status: 415,
      detail: 'The Content-Type is not well-formed',
    },
    {
      name: 'broken UTF-8',
      sends: { body: Buffer.from('{"username":"\xff\xfe","password":"x"}', 'latin1'), headers: json },
      status: 422,
      detail: 'The body is not valid UTF-8',
    },
    {
      name: 'more than 64 KiB',
      sends: { json: { username: 'x', password: 'x'.repeat(65_536) } },
      status: 413,
      detail: 'The body is larger than 64 KiB',
    },
    {
      name: '30,000 brackets',
      sends: { body: '['.repeat(30_000), headers: json },
      status: 422,
      detail: 'The body is not valid JSON',
    },
    {
      name: '30,000 lists in each other',
      sends: { body: '['.repeat(30_000) + ']'.repeat(30_000), headers: json },
      status: 422,
      detail: 'The body is nested too deeply',
    },
    {
      name: 'deep nesting where nobody looks',
      sends: { body: `{${fields},"other":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, headers: json },
      status: 422,
      detail: 'The body is nested too deeply',
    },
    ...[
      `{${fields},"username":"second"}`,
      `{${fields},"usern\\u0061me":"second"}`,
      `{${fields},"other":[{"a":{},"b":[],"a":"}"}]}`,
      `{${fields},"a\\"":1,"a\\"" :2}`,
    ].map(body => ({
      name: `a key twice, ${body}`,
      sends: { body, headers: json },
      status: 422,
      detail: 'The body has a key twice',
    })),
    ...['"__proto__"', '"\\u005f_proto__"', '"constructor"', '"prototype"'].map(key => ({
      name: `a key of the prototype, ${key}`,
      sends: { body: `{${fields},${key}:{"is_superuser":true}}`, headers: json },
      status: 422,
      detail: `The body has a key ${JSON.parse(key)}`,
    })),
    {
      name: 'a key of the prototype further in',
      sends: { body: `{${fields},"other":[{"__proto__":{"is_superuser":true}}]}`, headers: json },
      status: 422,
      detail: 'The body has a key __proto__',
    },
    ...['utf-16', 'iso-8859-1', '"utf-7"', ''].map(charset => ({
      name: `the charset ${charset}`,
      sends: { body: `{${fields}}`, headers: { 'content-type': `application/json; charset=${charset}` } },
      status: 415,
      detail: 'Send the body in UTF-8',
    })),
    {
      name: 'gzip',
      sends: { body: gzipSync(`{${fields}}`), headers: { ...json, 'content-encoding': 'gzip' } },
      status: 415,
      detail: 'Send the body without a Content-Encoding',
    },
    {
      name: 'what is called gzip and is none',
      sends: { body: `{${fields}}`, headers: { ...json, 'content-encoding': 'identity, gzip' } },
      status: 415,
      detail: 'Send the body without a Content-Encoding',
    },
    {
      name: 'parts of a form',
      sends: { body: '--x\r\n\r\n', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      status: 415,
      detail: 'Send the body as application/json',
    },
    ...['true', '1', '[[]]'].map(body => ({
      name: `no object but ${body}`,
      sends: { body, headers: json },
      status: 422,
      detail: 'The body must have named fields',
    })),
    ...['{', '{"a"}', '{"a":1,}', "{'a':1}", '{"a":NaN}', '{}{}', '\0', '{"a":"\n"}', '  '].map(body => ({
      name: `the body ${JSON.stringify(body)}`,
      sends: { body, headers: json },
      status: 422,
      detail: 'The body is not valid JSON',
    })),
  ];
  test.each(broken)('$name is answered with $status', async ({ sends, ...expected }) => {
    expectAnswer(await t.call(what, { as: 'root', ...sends }), expected);
  });

  test.each([
    ['one key in several objects', `{${fields},"a":[{"b":1},{"b":{"b":2}}],"b":"a\\":"}`, 'application/json'],
    ['a byte order mark', `\ufeff{${fields}}`, 'application/json'],
    ['a charset', `{${fields}}`, 'Application/JSON; charset="UTF-8"'],
    ['no encoding', `{${fields}}`, 'application/json;charset=us-ascii'],
  ])('%s is taken', async (_name, body, type) => {
    const sent = body.replace(/"username":"[^"]*"/, `"username":"${unused()}"`);
    const headers = { 'content-type': type, 'content-encoding': 'identity' };
    expect((await t.call(what, { as: 'root', body: sent, headers })).status).toBe(201);
  });
});
