import * as z from 'zod/mini';

/** Keywords of JSON Schema. */
export type Notes = { id?: string; [keyword: string]: unknown };

/**
 * What the description of the API says of a schema, beside what the schema says itself: `id`, the name under which
 * several routes share it, and what is hidden in code of ours, say which words are taken for `true`.
 */
export const described = z.registry<Notes>();
