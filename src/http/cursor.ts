import * as z from 'zod/mini';
import { Refusal } from '../refusal.ts';
import type { Cursor, Order, UserSort } from '../store/user-order.ts';

/** The order of a list: a place means something in one order only. */
export type ListOrder = { sort: UserSort; order: Order };

const id = z.string().check(z.regex(/^[\da-f]{32}$/));
const named = z.tuple([z.string(), id]);
const flagged = z.tuple([z.union([z.literal(0), z.literal(1)]), z.string(), id]);

/** What a place is made of in each order (store/user-order.ts). */
const places: Record<UserSort, z.ZodMiniType<Cursor>> = {
  username: named,
  created: named,
  updated: named,
  last_login: named,
  active: flagged,
  superuser: flagged,
};

/** Writes a place down for a client, who hands it back as it is. */
export const cursorText = (place: Cursor, { sort, order }: ListOrder): string =>
  Buffer.from(JSON.stringify({ sort, order, place })).toString('base64url');

/** The place again. Throws bad_request for any text that is not a cursor of a list in that order. */
export const placeOf = (text: string, { sort, order }: ListOrder): Cursor => {
  const cursor = z.object({ sort: z.literal(sort), order: z.literal(order), place: places[sort] });
  const read = cursor.safeParse(jsonOf(Buffer.from(text, 'base64url').toString()));
  if (!read.success) throw new Refusal('bad_request', { sentence: 'after is not a cursor of this list' });
  return read.data.place;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
