import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'dotenv';
import { Refusal } from '../refusal.ts';
import { shellQuoted } from '../text.ts';
import { envFileName } from './names.ts';
import { isFlag, type Variable, variables } from './variables.ts';

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

const badSetting = (sentence: string): Refusal => new Refusal('bad_setting', { sentence });

/** The name that a line of an env file sets, as dotenv reads it. */
const assignment = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/;
/** One of ours at the beginning of a line, whether the line sets it or not. */
const ourName = /^\s*(?:export\s+)?(LANGINFRA_\S*)/;

/** Reads a file that a setting names. Throws bad_setting with the file and who named it. */
const readNamed = (path: string, namedBy: string): string => {
  const named = `The file ${path}, named by ${namedBy},`;
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw badSetting(`${named} ${reasons[code] ?? `cannot be read (${code})`}`);
  }
  // Decoding would put U+FFFD in the place of what was meant.
  if (!isUtf8(bytes)) throw badSetting(`${named} is not valid UTF-8`);
  return bytes.toString();
};

/** dotenv goes past a line that sets nothing, and whoever wrote it would believe that it does. */
const refuseIdleLines = (lines: readonly string[], path: string): void => {
  lines.forEach((line, at) => {
    const name = ourName.exec(line)?.[1];
    if (name === undefined || assignment.test(line)) return;
    // Inside a value of several lines it may say what it likes: without it the file would say something else.
    const others = lines.toSpliced(at, 1).join('\n');
    if (isDeepStrictEqual(parse(others), parse(lines.join('\n'))))
      throw badSetting(`${path}:${at + 1} sets nothing: write ${name}=VALUE, or a # before it`);
  });
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

const empty = (what: string, wanted = 'give it a value'): Refusal =>
  badSetting(`${what} is empty: ${wanted}, or leave it out`);

/** The env file that --env-file or LANGINFRA_ENV_FILE names, or undefined where neither does. */
export const envFile = (
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
): (Source & { path: string }) | undefined => {
  if (flag === '') throw empty('--env-file');
  const named = flag ?? env[envFileName];
  if (named === undefined || (flag === undefined && named === '')) return undefined;
  const path = resolve(cwd, named);
  const content = readNamed(path, flag === undefined ? envFileName : '--env-file');
  const lines = content.split(/\r\n?|\n/);
  refuseIdleLines(lines, path);
  const names = lines.map(line => assignment.exec(line)?.[1]);
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
  variable: Variable,
  cwd: string,
): { text: string; place: string; file?: string } | undefined => {
  const { name } = variable;
  const direct = source.texts[name]?.trim();
  // An empty variable is none, for scripts set one that they have no value for. But a flag is there to say something,
  // and whoever empties a boolean means to turn it off, where its default may be on.
  if (direct === '' && source.kind === 'flag') throw empty(source.placeOf(name));
  if (direct === '' && isFlag(variable))
    throw empty(`${name} (${source.placeOf(name)})`, 'use True or False');
  const fileName = `${name}_FILE`;
  const named = variable.secret ? source.texts[fileName]?.trim() : undefined;
  if (direct && named) {
    throw badSetting(`${name} and ${fileName} are both set in ${source.placeOf(name)}. Keep one of them`);
  }
  if (direct)
    return { text: variable.secret ? (source.texts[name] as string) : direct, place: source.placeOf(name) };
  if (!named) return undefined;
  const file = resolve(cwd, named);
  const place = source.placeOf(fileName);
  // Editors and `echo` end a file with one newline, which is no part of the secret.
  const text = readNamed(file, `${fileName} (${place})`).replace(/\r?\n$/, '');
  if (text === '') {
    throw badSetting(`The file ${file}, named by ${fileName} (${place}), is empty`);
  }
  return { text, place: `${file}, named by ${place}`, file };
};

/** The secret key that an env file gives; undefined where it gives none, or cannot be read as one. */
export const secretKeyIn = (path: string): string | undefined => {
  try {
    const source = envFile(path, {}, '/');
    return source && lookUp(source, variables.secretKey, '/')?.text;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};
