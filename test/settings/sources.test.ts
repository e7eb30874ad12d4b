import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingKeys, type Variable, variables } from '../../src/settings/variables.ts';
import { settingsHere } from '../support/settings.ts';

const { cwd, load, file, refusal } = settingsHere();
const key = 'a secret key that is long enough for anybody';

describe('a file that cannot be read is named, and who named it', () => {
  test('a missing one', () => {
    expect(refusal({}, { envFile: 'no.env' })).toBe(
      `The file ${cwd}/no.env, named by --env-file, does not exist`,
    );
    expect(refusal({ LANGINFRA_ENV_FILE: 'no.env' })).toBe(
      `The file ${cwd}/no.env, named by LANGINFRA_ENV_FILE, does not exist`,
    );
    expect(refusal({ LANGINFRA_SECRET_KEY_FILE: 'no.key' })).toBe(
      `The file ${cwd}/no.key, named by LANGINFRA_SECRET_KEY_FILE (the environment), does not exist`,
    );
  });

  test('a directory', () => {
    mkdirSync(join(cwd, 'etc'));
    expect(refusal({}, { envFile: 'etc' })).toContain('etc, named by --env-file, is a directory, not a file');
  });

  test('one of somebody else', () => {
    const envFile = file('closed.env', 'LANGINFRA_PORT=1', 0o000);
    // Root reads everything, so the test puts that power away for a moment.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      expect(refusal({}, { envFile })).toContain('cannot be read: permission denied');
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  test('a path through a file', () => {
    const inner = join(file('plain', ''), 'inner.env');
    expect(refusal({}, { envFile: inner })).toContain('cannot be read (ENOTDIR)');
  });
});

test('a file that is not UTF-8 is refused, the env file and that of a secret', () => {
  const path = file('latin.env', '');
  writeFileSync(path, Buffer.from('LANGINFRA_SUPERUSER=Zo\xeb\n', 'latin1'));
  expect(refusal({}, { envFile: path })).toBe(`The file ${path}, named by --env-file, is not valid UTF-8`);
  expect(refusal({ LANGINFRA_SECRET_KEY_FILE: path })).toBe(
    `The file ${path}, named by LANGINFRA_SECRET_KEY_FILE (the environment), is not valid UTF-8`,
  );
});

describe('a line of an env file that begins with a name of ours', () => {
  test.each([
    'LANGINFRA_PORT',
    'LANGINFRA_PORT 8000',
    'LANGINFRA_PORT:8000',
    '  export LANGINFRA_PORT',
    'LANGINFRA_NOBODYS',
  ])('and sets nothing is refused: %s', line => {
    const envFile = file('idle.env', `LANGINFRA_HOST=::1\n${line}\n`);
    const [name] = /LANGINFRA_\S+/.exec(line) ?? [];
    expect(refusal({}, { envFile })).toBe(`${envFile}:2 sets nothing: write ${name}=VALUE, or a # before it`);
  });

  test('may say what it likes as a comment and inside a value of several lines', () => {
    const lines = ['# LANGINFRA_PORT', 'LANGINFRA_SECRET_KEY="first', 'LANGINFRA_PORT', 'last"', 'OTHER'];
    const { secretKey, port } = load({}, { envFile: file('lines.env', lines.join('\n')) });
    expect([secretKey, port]).toEqual(['first\nLANGINFRA_PORT\nlast', 7861]);
  });
});

describe('a secret can be given as a file', () => {
  const secrets = settingKeys.map(name => variables[name] as Variable).filter(variable => variable.secret);

  test.each(secrets.map(({ name }) => name))('%s_FILE', name => {
    const path = file('secret', `${key}\n`);
    const isPassword = name === 'LANGINFRA_SUPERUSER_PASSWORD';
    const env = { [`${name}_FILE`]: 'secret', ...(isPassword && { LANGINFRA_SUPERUSER: 'ada' }) };
    const settings = load(env);
    expect(Object.values(settings)).toContain(key);
    expect(Object.values(settings.sources).map(({ place }) => place)).toContain(
      `${path}, named by the environment`,
    );
  });

  test.each([
    ['a newline at its end is cut', `${key}\n`, key],
    ['one of Windows too', `${key}\r\n`, key],
    ['one only', `${key}\n\n`, `${key}\n`],
    ['spaces stay', `  ${key} \n`, `  ${key} `],
    ['no newline', key, key],
  ])('%s', (_, content, value) => {
    file('secret', content);
    expect(load({ LANGINFRA_SECRET_KEY_FILE: 'secret' }).secretKey).toBe(value);
  });

  test.each(['', '\n', '\r\n'])('one that holds %j is refused', content => {
    const path = file('empty', content);
    expect(refusal({ LANGINFRA_SECRET_KEY_FILE: 'empty' })).toBe(
      `The file ${path}, named by LANGINFRA_SECRET_KEY_FILE (the environment), is empty`,
    );
  });

  test('the value and its file in one source are refused', () => {
    const path = file('secret', key);
    const envFile = file('both.env', `LANGINFRA_SECRET_KEY=${key}\nLANGINFRA_SECRET_KEY_FILE=${path}`);
    const both = 'LANGINFRA_SECRET_KEY and LANGINFRA_SECRET_KEY_FILE are both set in ';
    expect(refusal({}, { envFile })).toBe(`${both}${envFile}:1. Keep one of them`);
    expect(refusal({ LANGINFRA_SECRET_KEY: key, LANGINFRA_SECRET_KEY_FILE: path })).toBe(
      `${both}the environment. Keep one of them`,
    );
  });

  test('the stronger source has the word, whichever of the two it uses', () => {
    const path = file('secret', key);
    const envFile = file('one.env', `LANGINFRA_SECRET_KEY_FILE=${path}`);
    const { secretKey, sources } = load({ LANGINFRA_SECRET_KEY: 'another' }, { envFile });
    expect(secretKey).toBe(key);
    expect(sources.secretKey).toEqual({
      kind: 'env file',
      place: `${path}, named by ${envFile}:1`,
      overrode: ['the environment'],
    });
  });

  test('a secret is taken as it is, with the spaces at its ends', () => {
    expect(load({ LANGINFRA_SECRET_KEY: ` ${key} ` }).secretKey).toBe(` ${key} `);
  });
});

describe('a file that others can read is a warning with the command that mends it', () => {
  const warning = (path: string) => `Others can read ${path}. Mend it with: chmod 600 ${path}`;

  test.each([0o644, 0o640, 0o604])('an env file of mode %o', mode => {
    const envFile = file('open.env', '', mode);
    expect(load({}, { envFile }).warnings).toEqual([warning(envFile)]);
  });

  test('a secret of a file', () => {
    const path = file('open.key', key, 0o644);
    expect(load({ LANGINFRA_SECRET_KEY_FILE: path }).warnings).toEqual([warning(path)]);
  });

  test.each([0o600, 0o400])('none for mode %o', mode => {
    const path = file(`private-${mode}.key`, key, mode);
    expect(load({ LANGINFRA_SECRET_KEY_FILE: path }).warnings).toEqual([]);
  });
});

test('a setting whose feature is not there yet is accepted and said so', () => {
  for (const { name, fallback, awaits } of settingKeys.map(name => variables[name] as Variable)) {
    const { warnings } = load({ [name]: awaits && (fallback ?? 'example') });
    const [warning] = warnings;
    if (awaits)
      expect(warning).toContain(`${name} (the environment) has no effect yet: this version has no `);
    else expect(warnings).toEqual([]);
  }
});
