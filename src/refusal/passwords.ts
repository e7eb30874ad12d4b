/** The part of the table (refusal.ts) on passwords that nobody may have. */
export const passwordRefusals = {
  password_too_short: {
    words: (d: { least: number }) => `A password has at least ${d.least} characters`,
    http: 422,
    exit: 5,
  },
  password_too_long: {
    words: (d: { bytes: number }) => `A password has at most 72 bytes; this one has ${d.bytes}`,
    http: 422,
    exit: 5,
  },
  password_broken: { words: 'A password has no broken characters', http: 422, exit: 5 },
  password_nul: { words: 'A password has no NUL character', http: 422, exit: 5 },
  password_is_username: { words: "A password can't be the username", http: 422, exit: 5 },
  password_near_username: {
    words: 'The username and some digits or signs is too easy',
    http: 422,
    exit: 5,
  },
  password_usual_word: { words: 'Words like admin are tried first, with digits too', http: 422, exit: 5 },
  password_regular: { words: 'The same again and again, or abc in order, is too easy', http: 422, exit: 5 },
  password_common: { words: 'This is one of the most common passwords', http: 422, exit: 5 },
} as const;
