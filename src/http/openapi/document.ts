import { version } from '../../../package.json';
import type { Route } from '../route.ts';
import { anywhere } from './answers.ts';
import { operationOf } from './operation.ts';
import { createSchemas } from './schemas.ts';
import { securitySchemes } from './security.ts';

const description = `\
Every refusal is \`{"detail": "<one sentence>"}\`; words in braces stand for what differs from case to case.

Where there is GET there is HEAD, which gives the same without the body. A path that is not here is answered with
404 \`Not Found\`, a method that a path does not have with 405 \`Method Not Allowed\` and the header \`Allow\`. A slash at
the end of a path may be left out or added. Fields that nobody asked for are ignored.`;

/** The OpenAPI 3.1 description of a table of routes, as its JSON. */
export const describeApi = (routes: readonly Route[]) => {
  const schemas = createSchemas();
  const byPath = Map.groupBy(routes, ({ path }) => templateOf(path));
  const paths = [...byPath].map(([path, those]) => [
    path,
    Object.fromEntries(those.map(route => [route.method.toLowerCase(), operationOf(route, schemas)])),
  ]);
  const responses = anywhere(schemas);
  return {
    openapi: '3.1.1',
    info: { title: 'Langinfra', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    // Of the host that the description came from.
    servers: [{ url: '/' }],
    paths: Object.fromEntries(paths),
    components: { securitySchemes, responses, schemas: schemas.shared() },
  };
};

/** `/users/:id` as `/users/{id}`. */
const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');
