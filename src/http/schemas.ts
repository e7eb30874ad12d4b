import * as z from 'zod/mini';
import { flagOf, flagWords } from '../accounts/flag-words.ts';
import { Refusal } from '../refusal.ts';
import { userFilters } from '../store/user-filters.ts';
import { userSorts } from '../store/user-order.ts';
import { described } from './described.ts';

/**
 * What the endpoints take. A message is the end of a sentence that begins with the field's name; the fields
 * that no schema names are ignored.
 */
const must = (wanted: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? 'is missing' : `must be ${wanted}`),
});

const text = z.string(must('text'));
const filledIn = z.string(must('text')).check(z.minLength(1, 'is missing'));
/** Absent or null: unchanged, or what is usual. */
const maybe = <T extends z.ZodMiniType>(schema: T) =>
  z.pipe(
    z.optional(z.nullable(schema)),
    z.transform((value: z.output<T> | null | undefined) => value ?? undefined),
  );

/** What the Python server takes for a boolean, too. */
const flag = z.pipe(
  z
    .union([z.boolean(), z.number(), z.string()], must('true or false'))
    .check(z.refine(value => flagOf(value) !== undefined, must('true or false')))
    .register(described, {
      description: 'In capitals, too',
      anyOf: [{ type: 'boolean' }, { enum: [1, 0] }, { enum: flagWords }],
    }),
  z.transform(value => flagOf(value) === true),
);

/** A whole number as a query writes it. */
const whole = (least: number, most: number, usual: number) => {
  const wanted = must(`a whole number from ${least} to ${most}`);
  return z._default(
    z.pipe(
      z
        .string(wanted)
        .check(
          z.refine(
            digits => /^\d{1,10}$/.test(digits) && Number(digits) >= least && Number(digits) <= most,
            wanted,
          ),
        )
        .register(described, { type: 'integer', minimum: least, maximum: most, default: usual }),
      z.transform(Number),
    ),
    usual,
  );
};
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, must(`one of ${words.join(', ')}`));

/** A UUID in the path, with or without its dashes, as the store has it: 32 hex characters. */
const pathId = z.object({
  id: z.pipe(
    z
      .string()
      .check(
        z.regex(/^(?:[\da-fA-F]{32}|[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12})$/, must('a UUID')),
      ),
    z.transform(id => id.replaceAll('-', '').toLowerCase()),
  ),
});
export const userId = pathId;
export const keyId = pathId;

export const loginForm = z
  .object({
    username: filledIn,
    password: filledIn,
    totp: z.optional(
      z.string(must('text')).register(described, {
        description: 'A one-time code or a recovery code, where the answer was `One-time code required`',
        type: 'string',
      }),
    ),
    grant_type: z.optional(z.enum(['password', ''], must('password'))),
  })
  .register(described, { id: 'LoginForm' });

export const newUser = z
  .object({
    username: text,
    password: text,
    is_active: maybe(flag),
    is_superuser: maybe(flag),
  })
  .register(described, { id: 'NewUser' });

export const userChange = z
  .object({
    username: maybe(text),
    profile_image: maybe(text),
    password: maybe(text),
    is_active: maybe(flag),
    is_superuser: maybe(flag),
    version: maybe(z.int(must('a whole number'))),
    current_password: maybe(text),
  })
  .register(described, { id: 'UserChange' });

export const ownPassword = z.object({ password: text, current_password: maybe(text) });

export const newApiKey = z
  .object({
    name: maybe(text),
    expires_in_seconds: maybe(z.int(must('a whole number'))),
  })
  .register(described, { id: 'NewApiKey' });

/** No database of ours holds more users than a 32-bit number counts. */
const mostSkipped = 2_147_483_647;

export const userList = z.object({
  skip: whole(0, mostSkipped, 0),
  limit: whole(1, 1000, 10),
  search: z.optional(text),
  filter: z.optional(oneOf(userFilters)),
  sort: z._default(oneOf(userSorts), 'created'),
  order: z._default(oneOf(['asc', 'desc']), 'asc'),
  after: z.optional(text),
});

/** Checks a part of a request by its schema, for fastify. Gives one sentence about the first thing that is wrong. */
export const checkShape =
  ({ schema, httpPart }: { schema: z.ZodMiniType; httpPart?: string }) =>
  (data: unknown) => {
    const checked = schema.safeParse(data);
    if (checked.success) return { value: checked.data };
    const [issue] = checked.error.issues;
    const field = issue?.path.join('.');
    const sentence = field ? `${field} ${issue?.message}` : `The ${httpPart} must have named fields`;
    return { error: new Refusal('bad_request', { sentence }) };
  };
