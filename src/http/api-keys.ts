import type { Accounts } from '../accounts/accounts.ts';
import { dashed } from '../accounts/user-json.ts';
import { Refusal } from '../refusal.ts';
import type { ApiKey } from '../store/api-keys.ts';
import { keyLength } from '../store/key-values.ts';
import { apiKeyList, apiKeyRead, sentence } from './answers.ts';
import type { Guards } from './guards.ts';
import { anybody, type Route } from './route.ts';
import { keyId, newApiKey } from './schemas.ts';

export const apiKeyRoutes = ({ apiKeys }: Accounts, { signedIn }: Guards): Route[] => [
  signedIn({
    method: 'GET',
    path: '/api/v1/api_key/',
    summary: 'The own API keys, without what makes them keys',
    answers: { 200: apiKeyList },
    handle: async ({ asking: { actor, user } }) => {
      const keys = await apiKeys.list(actor);
      return {
        total_count: keys.length,
        user_id: dashed(user.id),
        api_keys: keys.map(key => apiKeyJson(key, key.start.padEnd(keyLength, '*'))),
      };
    },
  }),

  signedIn({
    method: 'POST',
    path: '/api/v1/api_key/',
    summary: 'Make an API key, which is shown this once',
    takes: 'json',
    shapes: { body: newApiKey },
    answers: { 200: apiKeyRead },
    refuses: [
      'automatic_account_key',
      'too_many_api_keys',
      'api_key_name_too_long',
      'api_key_name_unprintable',
      'api_key_lifetime',
    ],
    handle: async ({ asking: { actor }, body: { name, expires_in_seconds } }) => {
      const { key, clear } = await apiKeys.create(actor, { name, expiresInSeconds: expires_in_seconds });
      return apiKeyJson(key, clear);
    },
  }),

  signedIn({
    method: 'DELETE',
    path: '/api/v1/api_key/:id',
    summary: "Delete an API key: one's own; a superuser anybody's",
    shapes: { params: keyId },
    answers: { 200: sentence },
    refuses: ['api_key_not_found'],
    handle: async ({ asking: { actor }, params: { id } }) => {
      await apiKeys.remove(actor, id);
      return { detail: 'API Key deleted' };
    },
  }),

  // Without a line of its own, its path would be that of an API key, with another method: 405.
  anybody({
    method: 'POST',
    path: '/api/v1/api_key/store',
    summary: "The store of the Python Langinfra, which is not this project's",
    answers: {},
    refuses: ['no_such_path'],
    handle: async () => {
      throw new Refusal('no_such_path');
    },
  }),
];

const apiKeyJson = (key: ApiKey, shown: string) => ({
  id: dashed(key.id),
  name: key.name,
  api_key: shown,
  created_at: key.createdAt,
  last_used_at: key.lastUsedAt,
  total_uses: key.totalUses,
  is_active: key.isActive,
  user_id: dashed(key.userId),
  expires_at: key.expiresAt,
});
