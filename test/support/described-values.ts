import fc from 'fast-check';
import type { Description } from './described.ts';
import { hostile } from './hostile.ts';
import { good } from './program.ts';

/** Who may send a request. `leaver` signs out and refreshes, which ends sessions that the others need. */
export const people = ['auto', 'root', 'ada'] as const;
/** Signs in with the password `good`, and then a one-time code would be asked for. Nobody sends requests as that user. */
export const withOneTimeCodes = 'codes';
export type Person = (typeof people)[number] | 'leaver';
export type Schema = {
  $ref?: string;
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
  minimum?: number;
  maximum?: number;
  pattern?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};

/** One of them, each as often as its weight says. */
export const some = <T>(...choices: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

export const word: fc.Arbitrary<string> = some(
  [3, fc.constantFrom(...people)],
  [3, fc.constant(good)],
  [2, fc.string({ unit: 'grapheme', maxLength: 80 })],
  [1, fc.string({ unit: 'binary', maxLength: 20 })],
  [1, fc.constantFrom(...Object.values(hostile))],
  [1, fc.constantFrom('__proto__', 'constructor', '%00', '\0', "' or 1=1 --", '*', '%', '_', '"', '\\')],
  [1, fc.integer({ min: 60, max: 3000 }).map(length => 'é'.repeat(length))],
);

/** What gets past the first checks more often than chance would have it. */
const wellKnown: Record<string, fc.Arbitrary<unknown>> = {
  username: some<unknown>(
    [2, fc.constantFrom(...people)],
    [1, fc.constant(withOneTimeCodes)],
    [2, fc.stringMatching(/^[a-z]{3,9}$/)],
    [1, word],
  ),
  password: some<unknown>([4, fc.constant(good)], [1, fc.constant(`another ${good}`)], [1, word]),
  // Codes, and what is as long as one.
  totp: some<unknown>(
    [1, fc.stringMatching(/^\d{6}$/)],
    [2, fc.string({ unit: 'grapheme', minLength: 6, maxLength: 6 })],
    [1, word],
  ),
  // Nearly any other is stale.
  version: some<unknown>([3, fc.constant(null)], [1, fc.integer({ min: -1, max: 9 })]),
  current_password: some<unknown>([4, fc.constant(good)], [1, word]),
};

/** What fits nowhere in particular. */
export const anything: fc.Arbitrary<unknown> = some<unknown>(
  [3, word],
  [2, fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, -0, '', [], {}, [[]])],
  [1, fc.jsonValue({ maxDepth: 3 })],
);

const numbers = ({ minimum = -(2 ** 31), maximum = 2 ** 31 }: Schema): fc.Arbitrary<number> =>
  some(
    [3, fc.integer({ min: minimum, max: Math.min(maximum, minimum + 50) })],
    [1, fc.constantFrom(minimum, maximum)],
    [1, fc.constantFrom(minimum - 1, maximum + 1, 0.5)],
  );

/** Values that a schema of the description allows, and for numbers what lies beside them. */
export const createFitting = (description: Description) => {
  const ofType = (type: string | undefined, schema: Schema): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'integer':
      case 'number':
        return numbers(schema);
      case 'string':
        return schema.pattern ? fc.stringMatching(new RegExp(schema.pattern)) : word;
      case 'array':
        return fc.array(fitting(schema.items ?? {}), { maxLength: 3 });
      case 'object':
        return fields(schema, { mostly: 1, rarely: 0 });
      default:
        return anything;
    }
  };

  const fitting = (schema: Schema): fc.Arbitrary<unknown> => {
    if (schema.$ref) return fitting(resolved(schema));
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting));
    if ('const' in schema) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const types = [schema.type].flat();
    return fc.oneof(...types.map(type => ofType(type, schema)));
  };

  const resolved = ({ $ref = '' }: Schema): Schema =>
    description.components.schemas[$ref.split('/').at(-1) ?? ''] as Schema;

  /** The fields of an object: so often one that fits, so often one that does not; some are left out. */
  const fields = (schema: Schema, { mostly, rarely }: { mostly: number; rarely: number }) => {
    const { properties = {}, required = [] } = schema.$ref ? resolved(schema) : schema;
    const values = Object.entries(properties).map(([name, one]) => {
      const right = wellKnown[name] ?? fitting(one);
      return [name, rarely === 0 ? right : some([mostly, right], [rarely, anything])];
    });
    const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(values);
    return fc.record(model, { requiredKeys: required }) as fc.Arbitrary<Record<string, unknown>>;
  };
  return { fitting, fields };
};
