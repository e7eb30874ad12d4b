import { randomUUID } from 'node:crypto';

/** A new random id as the tables hold it: 32 hex characters (UUID version 4 without its dashes). */
export const newId = (): string => randomUUID().replaceAll('-', '');

/** ISO 8601 with microseconds and Z, as the program handles times, from what the table holds. */
export const fromStored = (stored: string): string => {
  // SQLAlchemy leaves the fraction out where it is zero.
  const [whole = '', fraction = ''] = stored.replace(' ', 'T').replace(/Z$/, '').split('.');
  // As one text: put together by a template, V8 would keep each of its parts, and four times the memory.
  return [whole, '.', fraction.padEnd(6, '0'), 'Z'].join('');
};

/** What the table holds for an ISO 8601 timestamp; sorts as text in the order of time. */
export const toStored = (timestamp: string): string => timestamp.replace('T', ' ').replace(/Z$/, '');

/** The ISO 8601 timestamp, with microseconds, of a moment. */
export const timestampOf = (moment: Date): string => moment.toISOString().replace(/Z$/, '000Z');
