import leven from 'leven';
import { settingKeys, type Variable, variables } from './variables.ts';

/** What only the Python Langinfra reads (its 1.1 settings, without the prefix): a warning here, no error. */
const pythonOnly = new Set(
  `ACCESS_HTTPONLY ACCESS_SAME_SITE ACCESS_SECURE ALEMBIC_LOG_FILE ALGORITHM API_KEY_ALGORITHM API_V1_STR
  AUTO_SAVING AUTO_SAVING_INTERVAL BACKEND_ONLY CACHE_EXPIRE CACHE_TYPE CELERY_ENABLED COMPONENTS_PATH
  COOKIE_DOMAIN DATABASE_CONNECTION_RETRY DB_CONNECT_TIMEOUT DB_CONNECTION_SETTINGS DB_MAX_OVERFLOW
  DB_POOL_SIZE DEACTIVATE_TRACING DEV DO_NOT_TRACK DOWNLOAD_WEBHOOK_URL FALLBACK_TO_ENV_VAR FRONTEND_PATH
  FRONTEND_TIMEOUT HEALTH_CHECK_MAX_RETRIES LANGCHAIN_CACHE LIKE_WEBHOOK_URL LOAD_FLOWS_PATH LOG_ENV LOG_FILE
  LOG_FORMAT LOG_RETRIEVER_BUFFER_SIZE ENABLE_LOG_RETRIEVAL MAX_FILE_SIZE_UPLOAD MAX_ITEMS_LENGTH
  MAX_OVERFLOW MAX_TEXT_LENGTH MAX_TRANSACTIONS_TO_KEEP MAX_VERTEX_BUILDS_TO_KEEP MCP_SERVER_ENABLED
  MCP_SERVER_ENABLE_PROGRESS_NOTIFICATIONS OPEN_BROWSER POOL_SIZE PRETTY_LOGS PROMETHEUS_ENABLED
  PROMETHEUS_PORT REDIS_CACHE_EXPIRE REDIS_DB REDIS_HOST REDIS_PASSWORD REDIS_PORT REDIS_URL
  REFRESH_HTTPONLY REFRESH_SAME_SITE REFRESH_SECURE REMOVE_API_KEYS SAVE_DB_IN_CONFIG_DIR SENTRY_DSN
  SENTRY_PROFILES_SAMPLE_RATE SENTRY_TRACES_SAMPLE_RATE SQLITE_PRAGMAS STORAGE_TYPE STORE
  STORE_ENVIRONMENT_VARIABLES STORE_URL TELEMETRY_BASE_URL TRANSACTIONS_STORAGE_ENABLED USER_AGENT
  VARIABLE_STORE VARIABLES_TO_GET_FROM_ENVIRONMENT VERTEX_BUILDS_STORAGE_ENABLED WORKERS WORKER_TIMEOUT`
    .split(/\s+/)
    .map(name => `LANGINFRA_${name}`),
);

/** Names the environment file that every command reads; itself no setting of the table. */
export const envFileName = 'LANGINFRA_ENV_FILE';

const known = new Set<string>([envFileName]);
for (const key of settingKeys) {
  const { name, secret }: Variable = variables[key];
  known.add(name);
  if (secret) known.add(`${name}_FILE`);
}

/** Whether a name is one of ours in small letters, all or some of them: names differ by case. */
export const isOursButForCase = (name: string): boolean => !known.has(name) && known.has(name.toUpperCase());

/** Whether a LANGINFRA_ name is ours, only the Python server's, or nobody's, with the nearest one of ours. */
export const judgeName = (
  name: string,
): { kind: 'ours' } | { kind: 'python' } | { kind: 'unknown'; nearest: string | undefined } => {
  if (known.has(name)) return { kind: 'ours' };
  if (isOursButForCase(name)) return { kind: 'unknown', nearest: name.toUpperCase() };
  if (pythonOnly.has(name)) return { kind: 'python' };
  // Only a secret can be given as a file: whoever tries it with another setting means that one.
  const inFile = name.replace(/_FILE$/, '');
  if (known.has(inFile)) return { kind: 'unknown', nearest: inFile };
  let nearest: string | undefined;
  let least = 1 + Math.floor((name.length - 'LANGINFRA_'.length) / 2);
  for (const candidate of known) {
    const distance = leven(name, candidate);
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return { kind: 'unknown', nearest };
};
