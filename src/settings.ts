import { readlinkSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { Refusal } from './refusal.ts';
import { envFile, environment, exposureOf, lookUp, type Source } from './settings/sources.ts';
import {
  type SettingKey,
  type SettingValues,
  settingKeys,
  type Variable,
  variables,
} from './settings/variables.ts';
import { warnOfNames, warnOfValue } from './settings/warnings.ts';

/** Where a value came from, and the weaker places that had one too. */
export type Provenance = { kind: Source['kind']; place: string; overrode: readonly string[] };

/** Facts of the process's surroundings that are no settings. `process.env` is read in this file only. */
export type Surroundings = {
  /** NO_COLOR is set and FORCE_COLOR is not, or TERM is dumb (no-color.org). */
  colourless: boolean;
  /** TERM is linux, whose console has 256 signs or 512, and few of ours among them. */
  ascii: boolean;
  /** Somebody listens to the console, or its terminal has no cursor to place: TERM is dumb, or not known. */
  linear: boolean;
  /** The process runs in a session of an SSH server. */
  overSsh: boolean;
  /** SSH_CONNECTION: addresses and ports of the client and the server. */
  sshConnection: string | undefined;
  /** The terminal on stdin. */
  tty: string | undefined;
  osUser: string;
  /** What a message to the service manager needs; undefined where no service manager waits for one. */
  notify: NotifyEnvironment | undefined;
};

/** The socket that a service manager takes messages on (sd_notify(3)), and where programs are found. */
export type NotifyEnvironment = { NOTIFY_SOCKET: string; PATH: string | undefined };

export type Settings = Omit<SettingValues, 'configDir' | 'databaseUrl'> & {
  /** Absolute path. */
  readonly configDir: string;
  /** `sqlite:///` and an absolute path. */
  readonly databaseUrl: string;
  readonly sources: Readonly<Record<SettingKey, Provenance>>;
  /** Absolute path of the env file that was read. */
  readonly envFile: string | undefined;
  /** Absolute paths of the files that secrets were read from, those of weaker places too. */
  readonly secretFiles: readonly { key: SettingKey; path: string }[];
  /** Sentences a person should read before trusting this set-up. */
  readonly warnings: readonly string[];
  readonly surroundings: Surroundings;
};

/** What the command line gives; the strongest source. */
export type Flags = { envFile?: string | undefined } & {
  [Option in keyof typeof options]?: string | undefined;
};

/** The options that give a setting, and which. */
const options = {
  host: 'host',
  port: 'port',
  sshHost: 'ssh-host',
  sshPort: 'ssh-port',
} as const satisfies Partial<Record<SettingKey, string>>;
const optionKeys = Object.keys(options) as (keyof typeof options)[];

/**
 * Reads every setting: flags over the env file over the environment over the defaults.
 * Throws bad_setting (exit 2) with one sentence that names the variable and where it was set.
 */
export const loadSettings = (
  flags: Flags,
  env: NodeJS.ProcessEnv = process.env,
  cwd = process.cwd(),
): Settings => {
  const named = envFile(flags.envFile, env, cwd);
  const given: Source = {
    kind: 'flag',
    texts: Object.fromEntries(optionKeys.map(key => [variables[key].name, flags[key]])),
    placeOf: name => `--${optionKeys.flatMap(key => (variables[key].name === name ? options[key] : []))[0]}`,
  };
  const sources = [given, ...(named ? [named] : []), environment(env)];
  const warnings = sources.flatMap(warnOfNames);
  if (named) warnings.push(exposureOf(named.path) ?? '');

  const values: Partial<Record<SettingKey, unknown>> = {};
  const provenance: Partial<Record<SettingKey, Provenance>> = {};
  const secretFiles: { key: SettingKey; path: string }[] = [];
  for (const key of settingKeys) {
    const variable: Variable = variables[key];
    const found = sources.flatMap(source => {
      const said = lookUp(source, variable, cwd);
      return said ? [{ ...said, kind: source.kind }] : [];
    });
    const [first] = found;
    if (first?.file) warnings.push(exposureOf(first.file) ?? '');
    for (const { file } of found) if (file) secretFiles.push({ key, path: file });
    provenance[key] = {
      kind: first?.kind ?? 'default',
      place: first?.place ?? 'default',
      overrode: found.slice(1).map(weaker => weaker.place),
    };
    const text = first?.text ?? variable.fallback;
    values[key] = text === undefined ? undefined : parsed(variable, text, first?.place ?? 'default');
    warnings.push(...warnOfValue(key, variable, first?.text, first?.place));
  }

  const checked = values as SettingValues;
  refuseHalfSuperuser(checked, provenance);
  const configDir = resolve(cwd, homeOf(checked.configDir ?? defaultConfigDir(env)));
  const database = checked.databaseUrl?.slice('sqlite:///'.length);
  return Object.freeze({
    ...checked,
    configDir,
    databaseUrl: `sqlite:///${database ? resolve(cwd, homeOf(database)) : join(configDir, 'langinfra.db')}`,
    sources: provenance as Record<SettingKey, Provenance>,
    envFile: named?.path,
    secretFiles,
    warnings: warnings.filter(Boolean),
    surroundings: {
      colourless: (Boolean(env.NO_COLOR) && !env.FORCE_COLOR) || env.TERM === 'dumb',
      ascii: /^linux(-|$)/.test(env.TERM ?? ''),
      linear: env.INK_SCREEN_READER === 'true' || isDumb(env),
      overSsh: Boolean(env.SSH_CONNECTION),
      sshConnection: env.SSH_CONNECTION,
      tty: terminalOnStdin(),
      osUser: osUser(),
      notify: env.NOTIFY_SOCKET ? { NOTIFY_SOCKET: env.NOTIFY_SOCKET, PATH: env.PATH } : undefined,
    },
  });
};

/** Of what names the database, that which only this environment says: a command in another shell has to say it too. */
export const variablesOfDatabase = ({
  configDir,
  databaseUrl,
  sources,
}: Settings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ configDir, databaseUrl })
      .filter(([key]) => sources[key as SettingKey].kind === 'environment')
      .map(([key, value]) => [variables[key as SettingKey].name, value]),
  );

/** Where there is no /proc, nobody says which one it is. */
const terminalOnStdin = (): string | undefined => {
  if (!isatty(0)) return undefined;
  try {
    return readlinkSync('/proc/self/fd/0');
  } catch {
    return undefined;
  }
};

/** As git and less see it. On Windows no terminal sets TERM. */
const isDumb = ({ TERM }: NodeJS.ProcessEnv): boolean =>
  TERM === 'dumb' || (!TERM && process.platform !== 'win32');

const parsed = (variable: Variable, text: string, place: string): unknown => {
  const result = variable.schema.safeParse(text);
  if (result.success) return result.data;
  const shown = variable.secret ? 'not usable' : JSON.stringify(withoutPassword(text));
  const wanted = result.error.issues[0]?.message ?? 'not usable';
  throw new Refusal('bad_setting', { sentence: `${variable.name} (${place}) is ${shown}: ${wanted}` });
};

/** A wrong URL may be that of a database server, with its password before the @ or behind the ?. */
const withoutPassword = (text: string): string =>
  text.replace(/:\/\/.*@/s, '://***@').replace(/\?.*/s, '?***');

const refuseHalfSuperuser = (
  { superuser, superuserPassword }: SettingValues,
  provenance: Partial<Record<SettingKey, Provenance>>,
): void => {
  if ((superuser === undefined) === (superuserPassword === undefined)) return;
  const [there, absent]: [SettingKey, SettingKey] =
    superuser === undefined ? ['superuserPassword', 'superuser'] : ['superuser', 'superuserPassword'];
  throw new Refusal('bad_setting', {
    sentence: `${variables[there].name} (${provenance[there]?.place}) is set and ${variables[absent].name} is not. Set both or neither`,
  });
};

/** A container often runs as a number that has no name. */
const osUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.());
  }
};

/** The home directory. A container often runs as a number that has none. Throws bad_setting. */
const home = (): string => {
  try {
    const path = homedir();
    if (isAbsolute(path)) return path;
  } catch {
    // Neither HOME nor an entry in the table of users.
  }
  throw new Refusal('bad_setting', {
    sentence: 'This user has no home directory. Set LANGINFRA_CONFIG_DIR to an absolute path',
  });
};

/** The XDG base directory specification says to ignore a relative XDG_DATA_HOME. */
const defaultConfigDir = ({ XDG_DATA_HOME = '' }: NodeJS.ProcessEnv): string =>
  join(isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : join(home(), '.local', 'share'), 'langinfra');

/** `~/x` as a shell would read it: an env file is read by no shell. */
const homeOf = (path: string): string => (path.startsWith('~/') ? join(home(), path.slice(2)) : path);
