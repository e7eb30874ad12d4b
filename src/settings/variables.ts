import * as z from 'zod/mini';
import { addressRanges, hostNames, origins } from './lists.ts';

/** One environment variable: how its text becomes a value, and what a person needs to know of it. */
export type Variable = {
  name: `LANGINFRA_${string}`;
  /** Turns the trimmed, non-empty text into the value. Its message says what is wanted: "use True or False". */
  schema: z.ZodMiniType<unknown, string>;
  /** The text that counts where nobody sets the variable; undefined leaves the value undefined. */
  fallback?: string;
  /** Never shown, and may be given as NAME_FILE, the path of a file that holds it. */
  secret?: true;
  does: string;
  /** A setting of the contract whose feature this version does not have: accepted, checked, and said so. */
  awaits?: string;
};

const words: Record<string, boolean> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
};

const flag = z.pipe(
  z.string().check(z.refine(text => Object.hasOwn(words, text.toLowerCase()), 'use True or False')),
  z.transform(text => words[text.toLowerCase()] as boolean),
);

const whole = (least: number, most: number, unit = '') =>
  z.pipe(
    z
      .string()
      .check(
        z.refine(
          text => /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most,
          `use a whole number${unit} from ${least} to ${most}`,
        ),
      ),
    z.transform(Number),
  );

/** Lifetimes up to ten years, in seconds. */
const seconds = (least = 1) => whole(least, 315_360_000, ' of seconds');
const port = whole(1, 65_535);
const text = z.string();
/** A host name in small letters, or an address; one of IPv6 without the brackets that it has in a URL. */
const host = z.pipe(
  text,
  z.transform(name => name.toLowerCase().replace(/^\[(.*)\]$/, '$1')),
);
const sqliteUrl = z
  .string()
  .check(
    z.regex(
      /^sqlite:\/\/\/[^?#]*[^/?#]$/,
      'use sqlite:///relative/path.db or sqlite:////absolute/path.db (this version stores in SQLite)',
    ),
  );
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
const level = z.pipe(
  z
    .string()
    .check(
      z.refine(
        value => (levels as readonly string[]).includes(value.toLowerCase()),
        `use one of ${levels.join(', ')}`,
      ),
    ),
  z.transform(value => value.toLowerCase() as (typeof levels)[number]),
);

/** Every setting there is. The order is the one `langinfra config` shows. */
export const variables = {
  autoLogin: {
    name: 'LANGINFRA_AUTO_LOGIN',
    schema: flag,
    fallback: 'True',
    does: 'sign in automatically on this machine',
  },
  superuser: { name: 'LANGINFRA_SUPERUSER', schema: text, does: 'the superuser to create at start' },
  superuserPassword: {
    name: 'LANGINFRA_SUPERUSER_PASSWORD',
    schema: text,
    secret: true,
    does: 'its password, used once, when it is created',
  },
  secretKey: {
    name: 'LANGINFRA_SECRET_KEY',
    schema: text,
    secret: true,
    does: 'the key that seals stored passwords and signs tokens',
  },
  newUserIsActive: {
    name: 'LANGINFRA_NEW_USER_IS_ACTIVE',
    schema: flag,
    fallback: 'False',
    does: 'new users can sign in at once',
  },
  configDir: {
    name: 'LANGINFRA_CONFIG_DIR',
    schema: text,
    does: 'the directory of the database, the secret key and the SSH host key',
  },
  databaseUrl: {
    name: 'LANGINFRA_DATABASE_URL',
    schema: sqliteUrl,
    does: 'the database',
  },
  host: {
    name: 'LANGINFRA_HOST',
    schema: host,
    fallback: '127.0.0.1',
    does: 'the address headless mode listens on',
  },
  port: {
    name: 'LANGINFRA_PORT',
    schema: port,
    fallback: '7861',
    does: 'the port headless mode listens on',
  },
  sshHost: {
    name: 'LANGINFRA_SSH_HOST',
    schema: host,
    fallback: '127.0.0.1',
    does: 'the address the SSH door listens on',
  },
  sshPort: {
    name: 'LANGINFRA_SSH_PORT',
    schema: port,
    fallback: '7862',
    does: 'the port the SSH door listens on',
  },
  enableSignup: {
    name: 'LANGINFRA_ENABLE_SIGNUP',
    schema: flag,
    fallback: 'False',
    does: 'people may create their own account',
  },
  accessTokenSeconds: {
    name: 'LANGINFRA_ACCESS_TOKEN_EXPIRE_SECONDS',
    schema: seconds(),
    fallback: '3600',
    does: 'how long an access token is valid, in seconds',
  },
  refreshTokenSeconds: {
    name: 'LANGINFRA_REFRESH_TOKEN_EXPIRE_SECONDS',
    schema: seconds(),
    fallback: '604800',
    does: 'how long one can refresh after a sign-in, in seconds',
  },
  sessionIdleSeconds: {
    name: 'LANGINFRA_SESSION_IDLE_SECONDS',
    schema: seconds(0),
    fallback: '900',
    does: 'an idle console locks after this many seconds; 0: never',
  },
  sessionMaxSeconds: {
    name: 'LANGINFRA_SESSION_MAX_SECONDS',
    schema: seconds(0),
    fallback: '43200',
    does: 'a console session ends after this many seconds; 0: never',
  },
  bcryptCost: {
    name: 'LANGINFRA_BCRYPT_COST',
    schema: whole(10, 15),
    fallback: '12',
    does: 'the cost of a password hash, as a power of two',
  },
  passwordMinLength: {
    name: 'LANGINFRA_PASSWORD_MIN_LENGTH',
    schema: whole(8, 72),
    fallback: '8',
    does: 'the least characters of a password',
  },
  corsOrigins: {
    name: 'LANGINFRA_CORS_ORIGINS',
    schema: origins,
    does: 'origins of other web pages that may use the API',
  },
  allowedHosts: {
    name: 'LANGINFRA_ALLOWED_HOSTS',
    schema: hostNames,
    does: 'further host names headless mode answers to',
  },
  trustedProxies: {
    name: 'LANGINFRA_TRUSTED_PROXIES',
    schema: addressRanges,
    does: 'addresses whose X-Forwarded headers count',
  },
  enableRecovery: {
    name: 'LANGINFRA_ENABLE_RECOVERY',
    schema: flag,
    fallback: 'True',
    does: 'whether langinfra recover exists',
  },
  logLevel: {
    name: 'LANGINFRA_LOG_LEVEL',
    schema: level,
    fallback: 'info',
    does: 'what headless mode logs',
  },
} as const satisfies Record<string, Variable>;

/** Whether it is True or False. */
export const isFlag = ({ schema }: Variable): boolean => schema === flag;

export type SettingKey = keyof typeof variables;
export const settingKeys = Object.keys(variables) as SettingKey[];

type Table = typeof variables;
type ValueOf<V extends Variable> = V extends { fallback: string }
  ? z.output<V['schema']>
  : z.output<V['schema']> | undefined;

/** The value of every variable; those without a default may be undefined. */
export type SettingValues = { readonly [Key in SettingKey]: ValueOf<Table[Key]> };
