import { STATUS_CODES } from 'node:http';
import type * as z from 'zod/mini';
import { type RefusalCode, sampleOf, statusOf } from '../../refusal.ts';
import { nothing, sentence } from '../answers.ts';
import { saidAnywhere, wordsFor } from '../errors.ts';
import type { Route } from '../route.ts';
import type { JsonSchema, Schemas } from './schemas.ts';

/** The sentences of one status, each under the code of its refusal. */
type Sentences = Record<string, string>;

/** What every route refuses, and what is said of a request before it comes to one. */
const ofAll: readonly RefusalCode[] = ['bad_host', 'broken_request', 'too_many_headers', 'bad_expectation'];

const headersOf: Record<number, Record<string, { description: string; schema: JsonSchema }>> = {
  401: {
    'WWW-Authenticate': { description: 'The scheme to use.', schema: { type: 'string', const: 'Bearer' } },
  },
  429: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
  503: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
};

const phraseOf = (status: string | number): string => STATUS_CODES[status] ?? 'Another answer';

type Content = Record<string, { schema: JsonSchema; examples?: object }>;

/** The body of a refusal; `examples` has every sentence that it may be. */
const refusing = (sentences: Sentences, schemas: Schemas): Content => {
  const examples = Object.entries(sentences).map(([code, detail]) => [code, { value: { detail } }]);
  if (examples.length === 0) return {};
  const schema = schemas.of(sentence, 'output');
  return { 'application/json': { schema, examples: Object.fromEntries(examples) } };
};

/** The body that a route gives by itself. */
const given = (schema: z.ZodMiniType | undefined, schemas: Schemas): Content => {
  if (!schema || schema === nothing) return {};
  const { contentMediaType, ...json } = schemas.of(schema, 'output');
  const text = json.type === 'string' && String(contentMediaType ?? 'text/plain');
  return { [text || 'application/json']: { schema: json } };
};

/** Both, where a route gives and refuses with the same status. */
const either = (some: Content, others: Content): Content => {
  const [one, other] = [some['application/json'], others['application/json']];
  if (!one || !other) return { ...some, ...others };
  return { ...some, 'application/json': { ...other, schema: { anyOf: [one.schema, other.schema] } } };
};

/** The answers that any operation may get, to which all refer. */
export const anywhere = (schemas: Schemas): Record<string, object> =>
  Object.fromEntries(
    Object.entries(saidAnywhere).map(([status, detail]) => [
      status,
      { description: phraseOf(status), content: refusing({ [status]: detail }, schemas) },
    ]),
  );

/** What a route may answer, by status. */
export const answersOf = ({ answers, refuses }: Route, schemas: Schemas): Record<string, object> => {
  const refusals = Map.groupBy([...refuses, ...ofAll], statusOf);
  const statuses = [...new Set([...Object.keys(answers).map(Number), ...refusals.keys()])];
  const own = statuses.map(status => {
    const sentences = Object.fromEntries([
      ...(refusals.get(status) ?? []).map(code => [code, wordsFor(sampleOf(code))]),
      ...(isSaidAnywhere(status) ? [[status, saidAnywhere[status]]] : []),
    ]);
    const content = either(given(answers[status], schemas), refusing(sentences, schemas));
    const headers = headersOf[status];
    const answer = { description: phraseOf(status), ...(headers && { headers }), content };
    return [status, answer];
  });
  const others = Object.keys(saidAnywhere).map(status => [
    status,
    { $ref: `#/components/responses/${status}` },
  ]);
  return { ...Object.fromEntries(others), ...Object.fromEntries(own) };
};

const isSaidAnywhere = (status: number): status is keyof typeof saidAnywhere => status in saidAnywhere;
