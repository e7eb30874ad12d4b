/**
 * What is said of refusals that were kept by their code, where the words of the table (refusal.ts) need details that are not kept.
 */
export const keptWords: ReadonlyMap<string, string> = new Map([
  ['stale_change', 'It was changed meanwhile'],
  ['too_many_attempts', 'Too many failed sign-ins'],
  ['too_many_sign_ups', 'Too many sign-ups from one address'],
  ['too_many_api_keys', 'There are as many API keys as a user can have'],
  ['too_many_ssh_keys', 'There are as many SSH keys as a user can have'],
  ['recovery_inactive', 'The user is not active'],
  ['rows_refused', 'Rows were refused'],
]);
