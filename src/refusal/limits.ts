/**
 * The part of the table (refusal.ts) on what is too much. Where `seconds` are said, the same may go well after them, which are
 * `wait` in words.
 */
export const limitRefusals = {
  too_many_attempts: {
    words: (d: { seconds: number; wait: string }) => `Too many failed sign-ins. Try again in ${d.wait}`,
    http: 429,
    exit: 6,
  },
  too_many_sign_ups: {
    words: (d: { seconds: number; wait: string }) =>
      `Too many sign-ups from your address. Try again in ${d.wait}`,
    http: 429,
    exit: 5,
  },
  too_many_pending: {
    words: 'Too many accounts wait for approval already. Ask a superuser to go through them',
    http: 409,
    exit: 5,
  },
  fell_behind: { words: 'This terminal did not read what was sent to it', http: 503, exit: 1 },
  paste_too_long: { words: 'What was pasted is too long', http: 413, exit: 1 },
  too_many_consoles: { words: 'Too many consoles are open. Try again later', http: 503, exit: 6 },
  too_many_own_consoles: {
    words: (d: { most: number }) => `You have ${d.most} consoles open already. Close one first`,
    http: 429,
    exit: 6,
  },
  too_many_channels: {
    words: (d: { most: number }) =>
      `${d.most} consoles and commands are open on this connection already. Close one first`,
    http: 429,
    exit: 6,
  },
  too_many_own_connections: {
    words: (d: { most: number }) => `You have ${d.most} connections open already. Close one first`,
    http: 429,
    exit: 6,
  },
  too_many_connections_from_there: {
    words: (d: { most: number }) =>
      `From your address ${d.most} connections are open already. Close one first`,
    http: 429,
    exit: 6,
  },
} as const;
