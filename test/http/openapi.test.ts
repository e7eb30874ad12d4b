import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../../src/http/server.ts';
import { type Description, type Operation, operationsOf } from '../support/described.ts';
import { openServer, type TestHttp } from '../support/http.ts';

let t: TestHttp;
let description: Description;
beforeAll(async () => {
  t = await openServer();
  description = (await t.call('GET /openapi.json')).body;
});
afterAll(() => t[Symbol.asyncDispose]());

const operation = (method: string, path: string): Operation => {
  const found = operationsOf(description).find(one => one.method === method && one.path === path);
  expect(found, `${method} ${path}`).toBeDefined();
  return found?.operation as Operation;
};

/** `GET /api/v1/users` for everything that a server answers, read from the tree that fastify prints. */
const servedRoutes = (tree: string): string[] => {
  const above: string[] = [];
  return tree
    .trimEnd()
    .split('\n')
    .flatMap(line => {
      const [, indent = '', part = '', methods] = /^([│├└─ ]+)(\S+)(?: \((.*)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4 - 1;
      above.splice(depth, above.length, part);
      return (methods?.split(', ') ?? []).map(method => `${method} ${above.join('')}`);
    });
};

describe('what is in it', () => {
  test('is every route that is served, and nothing else', async () => {
    const nothingElse = { allowedHosts: undefined, corsOrigins: undefined, trustedProxies: undefined };
    const server = { host: '127.0.0.1', port: 0, logLevel: 'silent', ...nothingElse } as const;
    const app = await buildServer({
      ...t,
      settings: { ...t.settings, ...server },
      log: { write: () => {} },
      door: t.door,
    });
    const served = servedRoutes(app.printRoutes({ commonPrefix: false })).filter(
      // What is said over a WebSocket OpenAPI cannot describe.
      route => !route.startsWith('HEAD ') && route !== 'GET /admin/socket',
    );
    await app.close();
    const described = operationsOf(description).map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1').replace(/\/$/, '')}`,
    );
    expect(served.length).toBeGreaterThan(10);
    expect(described.sort()).toEqual(served.sort());
  });

  test('is OpenAPI 3.1 to a validator', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(description))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('has a name of its own and a summary for each operation', () => {
    const all = operationsOf(description).map(one => one.operation as Operation & { summary: string });
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    for (const { summary } of all) expect(summary).toMatch(/^[A-Z].*[^.]$/);
  });

  test('leaves no reference without its target', () => {
    const refs = JSON.stringify(description).matchAll(/"\$ref":"#\/(.*?)"/g);
    const targets = [...refs].map(([, place = '']) => place);
    expect(targets).toContain('components/schemas/UserRead');
    for (const place of targets) {
      const target = place
        .split('/')
        .reduce<Record<string, unknown> | undefined>(
          (at, name) => at?.[name] as Record<string, unknown> | undefined,
          description,
        );
      expect(target, place).toBeDefined();
    }
  });
});

test('a parameter is described as it is checked', () => {
  const { parameters = [] } = operation('get', '/api/v1/users/');
  const byName = Object.fromEntries(parameters.map(({ name, ...rest }) => [name, rest]));
  expect(byName.limit).toEqual({
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 10 },
  });
  expect(byName.order).toEqual({
    in: 'query',
    required: false,
    schema: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
  });
  const [id] = operation('delete', '/api/v1/users/{id}').parameters ?? [];
  expect(id).toMatchObject({ name: 'id', in: 'path', required: true, schema: { type: 'string' } });
  const { pattern = '' } = (id?.schema ?? {}) as { pattern?: string };
  for (const right of [t.ids.ada, t.ids.ada?.replaceAll('-', ''), t.ids.ada?.toUpperCase()]) {
    expect(right).toMatch(new RegExp(pattern));
  }
  expect('17').not.toMatch(new RegExp(pattern));
});

test('a body is described as it is checked', () => {
  const { requestBody } = operation('post', '/api/v1/users/');
  expect(requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/NewUser' } } },
  });
  const newUser = description.components.schemas.NewUser as { properties: Record<string, object> };
  expect(newUser).toMatchObject({ type: 'object', required: ['username', 'password'] });
  expect(newUser.properties.username).toEqual({ type: 'string' });
  expect(newUser.properties.is_active).toMatchObject({
    anyOf: [
      { anyOf: [{ type: 'boolean' }, { enum: [1, 0] }, { enum: expect.arrayContaining(['yes', 'no']) }] },
      { type: 'null' },
    ],
  });
  const { content } = operation('post', '/api/v1/login').requestBody ?? {};
  expect(content).toEqual({
    'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/LoginForm' } },
  });
});

test('an answer tells its sentences, in the words that a client gets', () => {
  const { responses } = operation('delete', '/api/v1/users/{id}');
  expect(Object.keys(responses)).toEqual([
    '200',
    '400',
    '401',
    '403',
    '404',
    '408',
    '409',
    '413',
    '417',
    '422',
    '431',
    '500',
    '503',
  ]);
  expect(responses[404]).toEqual({
    description: 'Not Found',
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Sentence' },
        examples: { user_not_found: { value: { detail: 'User not found' } } },
      },
    },
  });
  expect(JSON.stringify(responses[409])).toContain('{username} was changed meanwhile: {differences}');
  const text = JSON.stringify(description);
  for (const inside of ['{path}', '{reason}', 'LANGINFRA_SUPERUSER', '/langinfra'])
    expect(text).not.toContain(inside);
});

test('an operation tells how one says who asks', () => {
  expect(operation('get', '/api/v1/users/whoami').security).toEqual([
    { bearer: [] },
    { apiKey: [] },
    { apiKeyInQuery: [] },
  ]);
  expect(operation('patch', '/api/v1/users/{id}').security).toEqual([{ bearer: [] }, { apiKey: [] }]);
  expect(operation('post', '/api/v1/refresh').security).toEqual([{ refreshCookie: [] }]);
  expect(operation('post', '/api/v1/logout').security).toEqual([{ bearer: [] }, { refreshCookie: [] }, {}]);
  expect(operation('get', '/health').security).toBeUndefined();
});
