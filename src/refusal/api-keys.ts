/** The part of the table (refusal.ts) on API keys. */
export const apiKeyRefusals = {
  bad_api_key: { words: 'Invalid or missing API key', http: 403, exit: 6 },
  api_key_not_found: { words: 'API Key not found', http: 404, exit: 4 },
  automatic_account_key: {
    words: 'The automatic account gets no API keys. Sign in as another user',
    http: 409,
    exit: 5,
  },
  too_many_api_keys: {
    words: (d: { most: number }) => `A user has at most ${d.most} API keys. Delete one first`,
    http: 409,
    exit: 5,
  },
  api_key_name_too_long: {
    words: 'The name of an API key has at most 100 characters',
    http: 422,
    exit: 5,
  },
  api_key_name_unprintable: {
    words: 'The name of an API key has no control, invisible or broken characters',
    http: 422,
    exit: 5,
  },
  api_key_lifetime: { words: 'An API key lasts from one second to ten years', http: 422, exit: 5 },
} as const;
