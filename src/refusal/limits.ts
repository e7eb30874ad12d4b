import { inSeconds } from '../text.ts';

/** The part of the table (refusal.ts) on what is too much. Where `seconds` are said, the same may go well after them. */
export const limitRefusals = {
  too_many_attempts: {
    words: (d: { seconds: number }) => `Too many failed sign-ins. Try again in ${inSeconds(d.seconds)}`,
    http: 429,
    exit: 6,
  },
  too_many_sign_ups: {
    words: (d: { seconds: number }) =>
      `Too many sign-ups from your address. Try again in ${inSeconds(d.seconds)}`,
    http: 429,
    exit: 5,
  },
  too_many_pending: {
    words: 'Too many accounts wait for approval already. Ask a superuser to go through them',
    http: 409,
    exit: 5,
  },
} as const;
