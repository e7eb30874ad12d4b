import * as z from 'zod/mini';
import { described } from './described.ts';

/** What the endpoints give, for the description of the API. */
const id = z.uuid();
const time = z.iso
  .datetime({ precision: 6 })
  .register(described, { pattern: '\\.\\d{6}Z$', examples: ['2026-01-31T13:45:00.000000Z'] });
const flag = z.boolean();
const text = z.string();
const count = z.int().check(z.minimum(0));

export const userRead = z
  .object({
    id,
    username: text,
    profile_image: z.nullable(text),
    store_api_key: z.null(),
    is_active: flag,
    is_superuser: flag,
    create_at: time,
    updated_at: time,
    last_login_at: z.nullable(time),
    version: z.int().check(z.minimum(1)),
  })
  .register(described, { id: 'UserRead' });

export const userPage = z
  .object({
    total_count: count,
    users: z.array(userRead),
    next: z.nullable(text),
  })
  .register(described, { id: 'UserPage' });

export const apiKeyRead = z
  .object({
    id,
    name: z.nullable(text),
    api_key: text,
    created_at: time,
    last_used_at: z.nullable(time),
    total_uses: count,
    is_active: flag,
    user_id: id,
    expires_at: z.nullable(time),
  })
  .register(described, { id: 'ApiKeyRead' });

export const apiKeyList = z
  .object({ total_count: count, user_id: id, api_keys: z.array(apiKeyRead) })
  .register(described, { id: 'ApiKeyList' });

export const tokenPair = z
  .object({
    access_token: text,
    refresh_token: z.nullable(text),
    token_type: z.literal('bearer'),
  })
  .register(described, { id: 'TokenPair' });

/** The one detail of the API that is no text: the existing page reads `auto_login` in it. */
export const autoLoginOff = z
  .object({ detail: z.object({ message: text, auto_login: z.literal(false) }) })
  .register(described, { id: 'AutoLoginOff' });

/** Every refusal, and what is said where there is nothing to show. */
export const sentence = z.object({ detail: text }).register(described, { id: 'Sentence' });

export const signedOut = z.object({ message: text }).register(described, { id: 'SignedOut' });

const part = z.enum(['ok', 'nok', 'error']);
export const healthy = z.object({ status: z.literal('ok') }).register(described, { id: 'Healthy' });
export const healthOfParts = z
  .object({ status: part, chat: part, db: part })
  .register(described, { id: 'HealthOfParts' });

/** An answer without a body. */
export const nothing = z.undefined();

/** A description of an API. */
export const openApi = z.looseObject({ openapi: text });

/** What a browser shows and runs. */
export const page = z.string().register(described, { contentMediaType: 'text/html' });
export const partOfPage = z.string().register(described, { contentMediaType: 'text/*' });

export const versions = z.object({ version: text, main_version: text, package: z.literal('Langinfra') });

export const pageSettings = z.object({
  feature_flags: z.object({ mvp_components: z.literal(false) }),
  frontend_timeout: count,
  auto_saving: flag,
  auto_saving_interval: count,
  health_check_max_retries: count,
  max_file_size_upload: count,
});

export const folders = z.array(
  z
    .object({ name: text, description: z.nullable(text), id, parent_id: z.nullable(id) })
    .register(described, { id: 'Folder' }),
);

/** Lists and tables that this server never has anything in. */
export const emptyList = z.array(z.never());
export const emptyTable = z.strictObject({});

/** Of Prometheus. */
export const plainText = text;
