import type * as z from 'zod/mini';
import type { BodyKind, Route } from '../route.ts';
import { answersOf } from './answers.ts';
import type { JsonSchema, Schemas } from './schemas.ts';
import { securityOf } from './security.ts';

const mediaTypes: Record<Exclude<BodyKind, 'nothing'>, string> = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
};

/** Families of endpoints, and the first names of their paths. All else is about the server. */
const families: Record<string, readonly string[]> = {
  'Signing in': ['login', 'auto_login', 'refresh', 'logout'],
  Users: ['users'],
  'API keys': ['api_key'],
  'For the web page': ['config', 'folders', 'flows', 'variables', 'store', 'all'],
};

const familyOf = (name = ''): string =>
  Object.keys(families).find(family => families[family]?.includes(name)) ?? 'The server';

/** The names of a path, without the prefix of the API: `users`, `:id`. */
const namesOf = (path: string): string[] => path.replace(/^\/api\/v1/, '').match(/[\w:]+/g) ?? [];

/** A route as an operation of OpenAPI. */
export const operationOf = (route: Route, schemas: Schemas) => {
  const { method, path, summary, takes, shapes, proofs } = route;
  const names = namesOf(path);
  const parameters = [
    ...parametersOf('path', shapes.params, schemas),
    ...parametersOf('query', shapes.query, schemas),
  ];
  return {
    operationId: [method.toLowerCase(), ...names.map(name => name.replace(':', 'by_'))].join('_'),
    tags: [familyOf(names[0])],
    summary,
    ...(proofs.length > 0 && { security: securityOf(proofs) }),
    ...(parameters.length > 0 && { parameters }),
    ...(takes !== 'nothing' &&
      shapes.body && {
        requestBody: {
          required: true,
          content: { [mediaTypes[takes]]: { schema: schemas.of(shapes.body, 'input') } },
        },
      }),
    responses: answersOf(route, schemas),
  };
};

/** The fields of a schema, each as a parameter. */
const parametersOf = (place: 'path' | 'query', schema: z.ZodMiniType | undefined, schemas: Schemas) => {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemas.of(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
};
