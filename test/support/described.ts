import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { describeApi } from '../../src/http/openapi/document.ts';

export type Description = ReturnType<typeof describeApi>;

type Examples = Record<string, { value: { detail: string } }>;
type Content = Record<string, { schema: object; examples?: Examples }>;
export type Operation = {
  operationId: string;
  tags: string[];
  security?: Record<string, []>[];
  parameters?: { name: string; in: 'path' | 'query'; required: boolean; schema: object }[];
  requestBody?: { content: Content };
  responses: Record<string, { $ref: string } | { content: Content }>;
};

/** What is looked at of an answer. */
export type Given = { status: number; contentType: string | null; text: string };

/** The operations of a description. */
export const operationsOf = (description: Description) =>
  Object.entries(description.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** What is said at paths and to methods that no operation has. */
const elsewhere: Record<number, RegExp> = {
  400: /^(Bad Request|This host name is not served here\..*)$/,
  404: /^Not Found$/,
  405: /^Method Not Allowed$/,
  431: /^The headers are too large$/,
};

/**
 * Compares answers with the description of the API: status, content type, the body by its schema, the sentence of a
 * refusal by those that are listed. The function gives what is wrong, or undefined.
 */
export const createDescriptionCheck = (description: Description) => {
  const judge = createJudge(description);
  const operations = operationsOf(description)
    .map(one => ({
      ...one,
      pattern: new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+').replace(/\/$/, '')}/?$`),
    }))
    // whoami is no id.
    .sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')));

  return (method: string, target: string, given: Given): string | undefined => {
    const [path = ''] = target.split('?', 1);
    const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
    const found = operations.find(one => one.method === wanted && one.pattern.test(path));
    if (!found) return whatIsWrongElsewhere(method, given);
    const reply = found.operation.responses[given.status];
    if (!reply) return `the status ${given.status} is not described: ${given.text}`;
    if (method === 'HEAD') return;
    const place =
      '$ref' in reply
        ? reply.$ref.slice(2).split('/')
        : ['paths', found.path, found.method, 'responses', String(given.status)];
    return judge(place, given);
  };
};

const whatIsWrongElsewhere = (method: string, { status, text }: Given): string | undefined => {
  if (method === 'HEAD' && elsewhere[status]) return;
  // What a page of another origin may do is told to browsers, which ask for it by themselves.
  if (method === 'OPTIONS' && status === 204 && text === '') return;
  const isSaid = elsewhere[status]?.test(JSON.parse(text || '{}').detail);
  return isSaid ? undefined : `there is no such operation, but an answer: ${status} ${text}`;
};

/** Judges the body of an answer by the response at a place of the description. */
const createJudge = (description: Description) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // The package is CommonJS, whose default is the module.
  (addFormats as unknown as { default: typeof addFormats }).default(ajv);
  ajv.addSchema({ ...description, $id: 'api' });
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (place: readonly string[]): ValidateFunction => {
    const escaped = place.map(name => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1')));
    const $ref = `api#/${escaped.join('/')}`;
    const validate = compiled.get($ref) ?? ajv.compile({ $ref });
    compiled.set($ref, validate);
    return validate;
  };

  return (place: readonly string[], { contentType, text }: Given): string | undefined => {
    const { content } = place.reduce((at, name) => at[name] as never, description as object as Place) as {
      content: Content;
    };
    if (Object.keys(content).length === 0)
      return text === '' ? undefined : `a body is not described: ${text}`;
    const [type = ''] = contentType?.split(';') ?? [];
    const media = [type, type.replace(/\/.*/, '/*')].find(one => content[one]);
    if (media === undefined) return `the content type ${contentType} is not described`;
    const body = type === 'application/json' ? JSON.parse(text) : text;
    const validate = validatorOf([...place, 'content', media, 'schema']);
    if (!validate(body)) return `${ajv.errorsText(validate.errors)}: ${text}`;
    return whatIsNotSaid(content[media]?.examples ?? {}, body);
  };
};
type Place = Record<string, object>;

/** A refusal must be one of the sentences that are listed; what stands in braces there may be anything. */
const whatIsNotSaid = (examples: Examples, body: unknown): string | undefined => {
  const { detail } = (body ?? {}) as { detail?: unknown };
  const sentences = Object.values(examples).map(({ value }) => value.detail);
  if (sentences.length === 0 || typeof detail !== 'string') return;
  const patterns = sentences.map(sentence =>
    sentence
      .split(/\{\w+\}/)
      .map(part => RegExp.escape(part))
      .join('.*'),
  );
  const isSaid = new RegExp(`^(?:${patterns.join('|')})$`, 's').test(detail);
  return isSaid ? undefined : `“${detail}” is none of the sentences described`;
};
