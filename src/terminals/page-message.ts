import * as z from 'zod/mini';
import type { FromPage } from './browser-messages.ts';

const size = { columns: z.number(), rows: z.number() };
const messages = z.union([
  z.strictObject({ keys: z.string() }),
  z.strictObject({ size: z.strictObject(size) }),
  z.strictObject({
    open: z.strictObject({ ...size, linear: z.boolean(), token: z.optional(z.string()) }),
  }),
]);

/** Reads what a page sent; undefined where it is nothing that a page says. */
export const readMessage = (text: string): FromPage | undefined => {
  try {
    return messages.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
