import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { Refusal } from '../refusal.ts';
import { shellQuoted } from '../text.ts';
import { envFileName } from './names.ts';

/** One place settings come from: its texts by variable name, and how it calls the place of one of them. */
export type Source = {
  kind: 'flag' | 'env file' | 'environment' | 'default';
  texts: Readonly<Record<string, string | undefined>>;
  placeOf: (name: string) => string;
};

const reasons: Record<string, string> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory, not a file',
  EACCES: 'cannot be read: permission denied',
};

/** The name that a line of an env file sets, as dotenv reads it. */
const assignment = /^\s*(?:export\s+)?([\w.-]+)\s*[=:]/;

/** Reads a file that a setting names. Throws bad_setting with the file and who named it. */
const readNamed = (path: string, namedBy: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = reasons[code] ?? `cannot be read (${code})`;
    throw new Refusal('bad_setting', { sentence: `The file ${path}, named by ${namedBy}, ${reason}` });
  }
};

/** A warning if other people of this machine can read the file, with the command that mends it. */
export const exposureOf = (path: string): string | undefined =>
  statSync(path).mode & 0o044
    ? `Others can read ${path}. Mend it with: chmod 600 ${shellQuoted(path)}`
    : undefined;

export const environment = (env: NodeJS.ProcessEnv): Source => ({
  kind: 'environment',
  texts: env,
  placeOf: () => 'the environment',
});

/** A variable may be empty, as a script sets it that has no value for it; a flag is there to say something. */
const isEmpty = (flag: string): Refusal =>
  new Refusal('bad_setting', { sentence: `${flag} is empty: give it a value, or leave it out` });

/** The env file that --env-file or LANGINFRA_ENV_FILE names, or undefined where neither does. */
export const envFile = (
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
): (Source & { path: string }) | undefined => {
  if (flag === '') throw isEmpty('--env-file');
  const named = flag ?? env[envFileName];
  if (named === undefined || (flag === undefined && named === '')) return undefined;
  const path = resolve(cwd, named);
  const content = readNamed(path, flag === undefined ? envFileName : '--env-file');
  const names = content.split(/\r\n?|\n/).map(line => assignment.exec(line)?.[1]);
  return {
    kind: 'env file',
    path,
    texts: parse(content),
    placeOf: name => {
      // dotenv takes the last of several lines with the same name.
      const line = names.lastIndexOf(name);
      return line < 0 ? path : `${path}:${line + 1}`;
    },
  };
};

/** What one source says of a variable: its text, read from a file where NAME_FILE is given. */
export const lookUp = (
  source: Source,
  variable: { name: string; secret?: true },
  cwd: string,
): { text: string; place: string; file?: string } | undefined => {
  const { name } = variable;
  const direct = source.texts[name]?.trim();
  if (direct === '' && source.kind === 'flag') throw isEmpty(source.placeOf(name));
  const fileName = `${name}_FILE`;
  const named = variable.secret ? source.texts[fileName]?.trim() : undefined;
  if (direct && named) {
    throw new Refusal('bad_setting', {
      sentence: `${name} and ${fileName} are both set in ${source.placeOf(name)}. Keep one of them`,
    });
  }
  if (direct)
    return { text: variable.secret ? (source.texts[name] as string) : direct, place: source.placeOf(name) };
  if (!named) return undefined;
  const file = resolve(cwd, named);
  const place = source.placeOf(fileName);
  // Editors and `echo` end a file with one newline, which is no part of the secret.
  const text = readNamed(file, `${fileName} (${place})`).replace(/\r?\n$/, '');
  if (text === '') {
    throw new Refusal('bad_setting', {
      sentence: `The file ${file}, named by ${fileName} (${place}), is empty`,
    });
  }
  return { text, place: `${file}, named by ${place}`, file };
};
