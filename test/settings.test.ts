import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { variablesOfDatabase } from '../src/settings.ts';
import { settingsHere } from './support/settings.ts';

const { cwd, load, file, refusal } = settingsHere();

describe('the strongest source wins', () => {
  test('flag over env file over environment over default, and each place is known', () => {
    const path = file('langinfra.env', '# our port\n\nLANGINFRA_PORT=2000\nLANGINFRA_BCRYPT_COST=11\n');
    const env = { LANGINFRA_PORT: '3000', LANGINFRA_BCRYPT_COST: '10', LANGINFRA_LOG_LEVEL: 'warn' };
    const settings = load(env, { envFile: path, port: '1000' });

    expect(settings).toMatchObject({
      port: 1000,
      bcryptCost: 11,
      logLevel: 'warn',
      host: '127.0.0.1',
      envFile: path,
    });
    expect(settings.sources).toMatchObject({
      port: { kind: 'flag', place: '--port', overrode: [`${path}:3`, 'the environment'] },
      bcryptCost: { kind: 'env file', place: `${path}:4`, overrode: ['the environment'] },
      logLevel: { kind: 'environment', place: 'the environment', overrode: [] },
      host: { kind: 'default', place: 'default', overrode: [] },
    });
  });

  test('what only the environment says of the database is known, as absolute paths', () => {
    const env = { LANGINFRA_CONFIG_DIR: 'here', LANGINFRA_DATABASE_URL: 'sqlite:///a b.db' };
    const both = {
      LANGINFRA_CONFIG_DIR: join(cwd, 'here'),
      LANGINFRA_DATABASE_URL: `sqlite:///${cwd}/a b.db`,
    };
    expect(variablesOfDatabase(load(env))).toEqual(both);
    const envFile = file('place.env', 'LANGINFRA_DATABASE_URL=sqlite:///other.db');
    const { LANGINFRA_CONFIG_DIR } = both;
    expect(variablesOfDatabase(load(env, { envFile }))).toEqual({ LANGINFRA_CONFIG_DIR });
    expect(variablesOfDatabase(load())).toEqual({});
  });

  test('--env-file over LANGINFRA_ENV_FILE', () => {
    const env = { LANGINFRA_ENV_FILE: file('one.env', 'LANGINFRA_PORT=1000') };
    file('two.env', 'LANGINFRA_PORT=2000');
    expect(load(env).port).toBe(1000);
    expect(load(env, { envFile: 'two.env' }).port).toBe(2000);
  });

  test('the line of a name is not that of a longer name, and is the last of several', () => {
    const lines = ['export LANGINFRA_SUPERUSER = ada', 'LANGINFRA_SUPERUSER_PASSWORD=correct horse'];
    const envFile = file('a.env', [...lines, 'LANGINFRA_PORT=1', 'LANGINFRA_PORT: 2'].join('\r\n'));
    const { sources, port, superuser } = load({}, { envFile });
    expect([superuser, port]).toEqual(['ada', 2]);
    expect(sources.superuser.place).toBe(`${envFile}:1`);
    expect(sources.superuserPassword.place).toBe(`${envFile}:2`);
    expect(sources.port.place).toBe(`${envFile}:4`);
  });

  test('an empty value is none', () => {
    const envFile = file('a.env', 'LANGINFRA_PORT=\nLANGINFRA_HOST=" "\n');
    expect(load({ LANGINFRA_PORT: '3000', LANGINFRA_ENV_FILE: envFile })).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
    });
    expect(load({ LANGINFRA_ENV_FILE: '' }).envFile).toBeUndefined();
  });

  test.each(['LANGINFRA_AUTO_LOGIN', 'LANGINFRA_NEW_USER_IS_ACTIVE', 'LANGINFRA_ENABLE_SIGNUP'])(
    'but %s, which is True or False: somebody may mean False by it',
    name => {
      const envFile = file('a.env', `\n${name}=\n`);
      const words = 'is empty: use True or False, or leave it out';
      expect(refusal({}, { envFile })).toBe(`${name} (${envFile}:2) ${words}`);
      expect(refusal({ [name]: ' ' })).toBe(`${name} (the environment) ${words}`);
    },
  );

  test.each([
    ['--port', { port: '' }],
    ['--host', { host: '' }],
    ['--env-file', { envFile: '' }],
  ])('nor an empty %s', (flag, flags) =>
    expect(refusal({}, flags)).toBe(`${flag} is empty: give it a value, or leave it out`),
  );

  test('no .env is read that nobody named', () => {
    file('.env', 'LANGINFRA_PORT=2000');
    expect(load().port).toBe(7861);
  });
});

describe('values', () => {
  const yes = ['True', 'true', 'TRUE', '1', 'yes', 'Yes', 'on', ' ON '];
  const no = ['False', 'false', 'FALSE', '0', 'no', 'No', 'off', ' OFF '];
  test.each([...yes.map(text => [text, true] as const), ...no.map(text => [text, false] as const)])(
    'a boolean written %j is %s',
    (text, value) => expect(load({ LANGINFRA_AUTO_LOGIN: text }).autoLogin).toBe(value),
  );

  test.each(['maybe', '2', 'tru', 'constructor', '__proto__', 'y'])('%j is no boolean', text =>
    expect(refusal({ LANGINFRA_AUTO_LOGIN: text })).toBe(
      `LANGINFRA_AUTO_LOGIN (the environment) is "${text}": use True or False`,
    ),
  );

  test.each([
    ['LANGINFRA_PORT', '0', 'from 1 to 65535'],
    ['LANGINFRA_PORT', '65536', 'from 1 to 65535'],
    ['LANGINFRA_PORT', '80.5', 'a whole number'],
    ['LANGINFRA_PORT', '0x50', 'a whole number'],
    ['LANGINFRA_BCRYPT_COST', '9', 'from 10 to 15'],
    ['LANGINFRA_BCRYPT_COST', '16', 'from 10 to 15'],
    ['LANGINFRA_PASSWORD_MIN_LENGTH', '7', 'from 8 to 72'],
    ['LANGINFRA_ACCESS_TOKEN_EXPIRE_SECONDS', '0', 'of seconds from 1'],
    ['LANGINFRA_SESSION_MAX_SECONDS', '-1', 'of seconds from 0'],
    ['LANGINFRA_LOG_LEVEL', 'verbose', 'trace, debug, info, warn, error, silent'],
    ['LANGINFRA_DATABASE_URL', 'langinfra.db', 'sqlite:///relative/path.db'],
    ['LANGINFRA_DATABASE_URL', 'sqlite:///some/directory/', 'sqlite:///relative/path.db'],
  ])('%s %s is refused with its name, its place and what is wanted', (name, text, wanted) => {
    const envFile = file('a.env', `\n${name}=${text}\n`);
    const sentence = refusal({}, { envFile });
    expect(sentence).toContain(`${name} (${envFile}:2) is "${text}": `);
    expect(sentence).toContain(wanted);
  });

  test('a wrong flag is called by its name', () => {
    expect(refusal({}, { port: 'http' })).toMatch(/^LANGINFRA_PORT \(--port\) is "http": /);
  });

  test.each([
    ['LOCALHOST', 'localhost'],
    ['[::1]', '::1'],
    ['Example.ORG', 'example.org'],
    ['0.0.0.0', '0.0.0.0'],
  ])('a host written %s is %s', (text, host) => expect(load({ LANGINFRA_HOST: text }).host).toBe(host));

  test('lists are cut at commas, levels are read in any case', () => {
    expect(load({ LANGINFRA_ALLOWED_HOSTS: 'a.example, b.example ,,' }).allowedHosts).toEqual([
      'a.example',
      'b.example',
    ]);
    expect(load({ LANGINFRA_LOG_LEVEL: 'Debug' }).logLevel).toBe('debug');
  });

  test.each(['postgresql://ada:hunter2@db/langinfra', 'postgresql://db/l?user=ada&password=hunter2'])(
    'the password of the database server in %s is not shown',
    url => expect(refusal({ LANGINFRA_DATABASE_URL: url })).not.toContain('hunter2'),
  );
});

describe('where things are kept', () => {
  test.each([
    ['sqlite:///data/my.db', () => join(cwd, 'data/my.db')],
    ['sqlite:////var/lib/my.db', () => '/var/lib/my.db'],
    ['sqlite:///~/my.db', () => join(homedir(), 'my.db')],
  ])('the database of %s', (url, path) =>
    expect(load({ LANGINFRA_DATABASE_URL: url }).databaseUrl).toBe(`sqlite:///${path()}`),
  );

  test('the config directory follows XDG, and the database is in it', () => {
    expect(load({ XDG_DATA_HOME: '/data' })).toMatchObject({
      configDir: '/data/langinfra',
      databaseUrl: 'sqlite:////data/langinfra/langinfra.db',
    });
    expect(load().configDir).toBe(join(homedir(), '.local/share/langinfra'));
    expect(load({ LANGINFRA_CONFIG_DIR: 'here' }).databaseUrl).toBe(`sqlite:///${cwd}/here/langinfra.db`);
    expect(load({ LANGINFRA_CONFIG_DIR: '~/here' }).configDir).toBe(join(homedir(), 'here'));
  });
});

describe('names', () => {
  test.each([
    ['LANGINFRA_AUTOLOGIN', 'LANGINFRA_AUTO_LOGIN'],
    ['LANGINFRA_SUPERUSR', 'LANGINFRA_SUPERUSER'],
    ['LANGINFRA_PORT_FILE', 'LANGINFRA_PORT'],
    ['LANGINFRA_ENVFILE', 'LANGINFRA_ENV_FILE'],
  ])('%s is unknown: did you mean %s?', (name, nearest) => {
    const envFile = file('a.env', `${name}=hunter2`);
    expect(refusal({}, { envFile })).toBe(
      `${name} (${envFile}:1) is no setting of Langinfra. Did you mean ${nearest}?`,
    );
  });

  test.each(['langinfra_auto_login', 'Langinfra_Auto_Login', 'LANGINFRA_auto_login'])(
    '%s is another name than LANGINFRA_AUTO_LOGIN, and is said to be',
    name => {
      const right = 'no setting of Langinfra. Did you mean LANGINFRA_AUTO_LOGIN?';
      const envFile = file('a.env', `${name}=False`);
      expect(refusal({}, { envFile })).toBe(`${name} (${envFile}:1) is ${right}`);
      expect(refusal({ [name]: 'False' })).toBe(`${name} (the environment) is ${right}`);
    },
  );

  test('nothing is suggested where nothing is near', () => {
    expect(refusal({ LANGINFRA_QQQQQQ: '1' })).toBe(
      'LANGINFRA_QQQQQQ (the environment) is no setting of Langinfra',
    );
  });

  test('a name of the Python Langinfra only is a warning', () => {
    expect(load({ LANGINFRA_WORKERS: '4' }).warnings).toEqual([
      'LANGINFRA_WORKERS (the environment) is a setting of the Python Langinfra: no effect here',
    ]);
  });

  test('names of other programs do not matter', () => {
    expect(load({ LANGINFRAX: '1', langinfra_home: '/x', PORT: 'x' }).warnings).toEqual([]);
  });
});

describe('a superuser is named with its password or not at all', () => {
  test.each([
    ['LANGINFRA_SUPERUSER', 'LANGINFRA_SUPERUSER_PASSWORD'],
    ['LANGINFRA_SUPERUSER_PASSWORD', 'LANGINFRA_SUPERUSER'],
  ])('%s alone', (there, absent) => {
    const envFile = file('a.env', `${there}=hunter2`);
    expect(refusal({ LANGINFRA_ENV_FILE: envFile })).toBe(
      `${there} (${envFile}:1) is set and ${absent} is not. Set both or neither`,
    );
  });

  test('each from another source', () => {
    const envFile = file('a.env', 'LANGINFRA_SUPERUSER=ada');
    const settings = load({ LANGINFRA_SUPERUSER_PASSWORD: 'correct horse' }, { envFile });
    expect([settings.superuser, settings.superuserPassword]).toEqual(['ada', 'correct horse']);
  });
});

describe('warnings', () => {
  const secret = 'x'.repeat(32);
  const warnings = (env: NodeJS.ProcessEnv) => load(env).warnings;

  test('the secrets of the documentation work and are called public', () => {
    const env = { LANGINFRA_SUPERUSER: 'ada', LANGINFRA_SUPERUSER_PASSWORD: 'securepassword' };
    expect(warnings({ ...env, LANGINFRA_SECRET_KEY: 'randomly_generated_secure_key' })).toEqual([
      expect.stringMatching(/^LANGINFRA_SUPERUSER_PASSWORD \(the environment\) is the example of the doc/),
      expect.stringMatching(/^LANGINFRA_SECRET_KEY \(the environment\) is the example of the doc/),
    ]);
  });

  test('a secret key of fewer than 32 characters', () => {
    expect(warnings({ LANGINFRA_SECRET_KEY: secret })).toEqual([]);
    expect(warnings({ LANGINFRA_SECRET_KEY: secret.slice(1) })).toEqual([
      'LANGINFRA_SECRET_KEY (the environment) has fewer than 32 characters. Make one with: openssl rand -base64 32',
    ]);
  });
});

test.each(['', 'not/absolute'])('a user without a home directory is told to name one: HOME=%j', home => {
  vi.stubEnv('HOME', home);
  try {
    const sentence = 'This user has no home directory. Set LANGINFRA_CONFIG_DIR to an absolute path';
    expect(refusal({})).toBe(sentence);
    expect(refusal({ LANGINFRA_CONFIG_DIR: '~/here' })).toBe(sentence);
    expect(load({ LANGINFRA_CONFIG_DIR: '/here' }).configDir).toBe('/here');
    expect(load({ XDG_DATA_HOME: '/data' }).configDir).toBe('/data/langinfra');
  } finally {
    vi.unstubAllEnvs();
  }
});

test('nobody changes the settings later', () => {
  expect(() => Object.assign(load(), { port: 1 })).toThrow(TypeError);
});

const root = process.geteuid?.() === 0;
describe.runIf(root)('a user of the machine without a name, as in a container', () => {
  beforeEach(() => process.seteuid?.(54_321));
  afterEach(() => {
    process.seteuid?.(0);
    vi.unstubAllEnvs();
  });

  test('is known by the number', () => expect(load().surroundings.osUser).toBe('54321'));

  test('has no home directory, unless HOME says one', () => {
    expect(load().configDir).toBe(join(homedir(), '.local/share/langinfra'));
    vi.stubEnv('HOME', undefined);
    expect(refusal({})).toContain('Set LANGINFRA_CONFIG_DIR');
  });
});
