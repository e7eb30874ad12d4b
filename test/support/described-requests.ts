import fc from 'fast-check';
import { type Description, type Operation, operationsOf } from './described.ts';
import { anything, createFitting, type Person, people, type Schema, some, word } from './described-values.ts';

/** `broken` has a token that somebody changed, `key` an API key of ada's. */
export type Proof = 'none' | 'broken' | 'key' | Person;

/**
 * A request as it is drawn. `@ada@` in it stands for the id of that user, `@key@` for that of a key, `#leaver#` for a refresh token: both
 * are other ones on each server.
 */
export type Drawn = {
  /** The operation that it is for; undefined where its method or path are of none. */
  operationId: string | undefined;
  method: string;
  target: string;
  headers: Record<string, string>;
  proof: Proof;
  body?: string | Uint8Array;
};

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
/** As a URL or a form has it; half a surrogate pair cannot be written there. */
const escaped = (value: unknown): string => encodeURIComponent(asText(value).toWellFormed());
const pairs = (fields: Record<string, unknown>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .join('&');

/** Bodies that are none of any kind. */
const garbage: fc.Arbitrary<string | Uint8Array> = some<string | Uint8Array>(
  [3, fc.uint8Array({ maxLength: 40 })],
  [3, anything.map(value => JSON.stringify(value))],
  [2, anything.map(value => JSON.stringify({ username: value }).slice(0, -2))],
  [1, fc.constant('')],
  [
    1,
    fc.constantFrom(
      '['.repeat(20_000),
      '{"a":'.repeat(10_000),
      `"${'x'.repeat(70_000)}"`,
      'x='.repeat(33_000),
    ),
  ],
  [
    1,
    fc.constantFrom(
      '{"username":"a","username":"b","password":1,"password":"x"}',
      '{"__proto__":{"is_superuser":true},"username":"eve","password":"correct horse"}',
      '{"constructor":{"prototype":{"is_active":true}}}',
      '{"username":"\\ud800","password":"\\u0000"}',
      '\ufeff{}',
      'username=%zz&password=%',
      'username[]=a&username[b]=c&__proto__[x]=y',
    ),
  ],
);

const contentTypes = [
  'application/json',
  'application/json; charset=latin1',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  'nonsense',
  '',
];

const proofs: fc.Arbitrary<Proof> = some<Proof>(
  [6, fc.constantFrom(...people)],
  [1, fc.constant('key')],
  [1, fc.constant('none')],
  [1, fc.constant('broken')],
);

/** Headers beside those that say who asks: mostly none. */
const extraHeaders: fc.Arbitrary<Record<string, string>> = some<Record<string, string>>(
  [20, fc.constant({})],
  [4, fc.constant({ cookie: 'refresh_token_lf=#leaver#' })],
  [1, fc.constantFrom('', 'x', 'sk-', `sk-${'a'.repeat(43)}`).map(key => ({ 'x-api-key': key }))],
  [1, fc.constantFrom('null', 'http://evil.example', 'nonsense').map(origin => ({ origin }))],
  [
    1,
    fc
      .constantFrom('Basic YTpi', 'Bearer', 'Bearer a.b.c', 'bearer  x')
      .map(authorization => ({ authorization })),
  ],
  [1, fc.constantFrom('a', 'a=;b', 'refresh_token_lf=%zz', '__proto__=x').map(cookie => ({ cookie }))],
  [1, fc.constantFrom('evil.example', 'localhost:1', '127.0.0.1.evil.example').map(host => ({ host }))],
  [1, fc.constant({ 'x-padding': 'x'.repeat(20_000) })],
);

const astray = (target: fc.Arbitrary<string>) =>
  fc.record({
    operationId: fc.constant(undefined),
    method: fc.constantFrom('GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE'),
    target,
  });

const endsSessions = ({ operationId }: Operation): boolean => /^post_(logout|refresh)$/.test(operationId);

/**
 * A sign-in costs a hash or a write to the disk, and what tells about the server has little to get wrong. That with a password
 * has the most steps.
 */
const weightOf = ({ operationId, tags: [tag] }: Operation): number => {
  if (operationId === 'post_login') return 3;
  return tag === 'The server' || tag === 'Signing in' ? 1 : 4;
};

/** Requests to all operations of a description: most of them nearly right, some wrong in every way. */
export const requestsTo = (description: Description): fc.Arbitrary<Drawn> => {
  const { fitting, fields } = createFitting(description);

  const parametersOf = ({ parameters = [] }: Operation, place: 'path' | 'query'): Schema => ({
    properties: Object.fromEntries(
      parameters.filter(one => one.in === place).map(({ name, schema }) => [name, schema as Schema]),
    ),
  });

  const targets = (path: string, operation: Operation): fc.Arbitrary<string> => {
    const known = path.includes('/api_key/') ? ['key'] : people;
    const id = some<string>(
      [8, fc.constantFrom(...known).map(name => `@${name}@`)],
      [2, fitting({ type: 'string', pattern: '^[0-9a-f]{32}$' }).map(asText)],
      [1, word.map(escaped)],
      [1, fc.constantFrom('%00', '%zz', '..', '%2e%2e%2f', '17', 'a'.repeat(3000))],
    );
    const query = some<string>(
      [6, fields(parametersOf(operation, 'query'), { mostly: 6, rarely: 1 }).map(pairs)],
      [6, fc.constant('')],
      [1, fc.dictionary(word, anything, { maxKeys: 4 }).map(pairs)],
      [1, fc.constantFrom('skip=1&skip=2', 'limit[]=1', '%zz=%', '&&=&', 'x-api-key=sk-x', '__proto__[a]=b')],
    );
    const names = path.match(/\{\w+\}/g) ?? [];
    const { properties = {} } = parametersOf(operation, 'path');
    const values = names.map(name =>
      name === '{id}' ? id : fitting(properties[name.slice(1, -1)] ?? {}).map(escaped),
    );
    return fc.tuple(fc.tuple(...values), query, fc.nat(9)).map(([ids, search, slash]) => {
      const filled = names.reduce((target, name, at) => target.replace(name, () => ids[at] ?? ''), path);
      const place = slash === 0 ? `${filled}/` : filled;
      return search === '' ? place : `${place}?${search}`;
    });
  };

  const bodies = ({ requestBody }: Operation): fc.Arbitrary<Pick<Drawn, 'headers' | 'body'>> => {
    const [[type = '', { schema = {} } = {}] = []] = Object.entries(requestBody?.content ?? {});
    const write = type === 'application/json' ? JSON.stringify : pairs;
    const nearlyRight = fc
      .tuple(
        fields(schema, { mostly: 9, rarely: 1 }),
        some([9, fc.constant({})], [1, fc.dictionary(word, anything)]),
      )
      .map(([right, more]) => ({ headers: { 'content-type': type }, body: write({ ...more, ...right }) }));
    const wrong = fc
      .tuple(some([2, fc.constant(type)], [1, fc.constantFrom(...contentTypes)]), garbage)
      .map(([sentAs, body]) => ({ headers: { 'content-type': sentAs }, body }));
    const none = fc.constant({ headers: {} });
    return requestBody
      ? some<Pick<Drawn, 'headers' | 'body'>>([8, nearlyRight], [2, wrong], [1, none])
      : some<Pick<Drawn, 'headers' | 'body'>>([9, none], [1, wrong]);
  };

  const drawn = operationsOf(description).map(({ path, method, operation }) => ({
    weight: weightOf(operation),
    arbitrary: fc
      .record({
        aimed: some<Pick<Drawn, 'operationId' | 'method' | 'target'>>(
          [
            20,
            targets(path, operation).map(target => ({
              operationId: operation.operationId,
              method: method.toUpperCase(),
              target,
            })),
          ],
          [1, astray(targets(path, operation))],
          [1, astray(word.map(text => `/${escaped(text)}`))],
        ),
        sent: bodies(operation),
        more: extraHeaders,
        proof: endsSessions(operation) ? fc.constantFrom<Proof>('leaver', 'none', 'broken') : proofs,
      })
      .map(({ aimed, sent, more, proof }): Drawn => {
        // Who cannot read so much does not see that it is a HEAD, which gets no body.
        const isLong = 'x-padding' in more || aimed.target.length > 8000;
        const method = isLong && aimed.method === 'HEAD' ? 'GET' : aimed.method;
        return { ...aimed, ...sent, method, headers: { ...sent.headers, ...more }, proof };
      }),
  }));
  return fc.oneof(...drawn);
};
