import * as z from 'zod/mini';
import { described } from '../described.ts';

export type JsonSchema = { [keyword: string]: unknown };

/** The JSON Schemas of a description, from the zod schemas that check and those of what is given. */
export type Schemas = {
  /** That of a schema, which refers to the shared ones by their names. */
  of: (schema: z.ZodMiniType, io: 'input' | 'output') => JsonSchema;
  /** Those that have a name, as far as they were met. */
  shared: () => Record<string, JsonSchema>;
};

export const createSchemas = (): Schemas => {
  const shared: Record<string, JsonSchema> = {};
  const made = { input: new Map<z.ZodMiniType, JsonSchema>(), output: new Map<z.ZodMiniType, JsonSchema>() };

  const make = (schema: z.ZodMiniType, io: 'input' | 'output'): JsonSchema => {
    const json = z.toJSONSchema(schema, {
      io,
      metadata: described,
      override: ({ jsonSchema }) => {
        // The format says it, in one word.
        if (jsonSchema.format === 'uuid') delete jsonSchema.pattern;
      },
    });
    const { $schema, $defs = {}, ...own } = withSharedRefs(json);
    Object.assign(shared, $defs);
    made[io].set(schema, own);
    return own;
  };
  return { of: (schema, io) => made[io].get(schema) ?? make(schema, io), shared: () => shared };
};

/** zod puts the schemas that have a name beside the one that was asked for; the description has a place for all. */
const withSharedRefs = (schema: object): JsonSchema =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
  );
