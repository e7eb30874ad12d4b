import type { ArgumentsCamelCase, Argv } from 'yargs';
import { superuserSetting, whyNotServe } from '../accounts/bootstrap.ts';
import { type SettingKey, settingKeys, type Variable, variables } from '../settings/variables.ts';
import { loadSettings, type Settings } from '../settings.ts';
import { printable } from '../text.ts';
import { result, resultJson, warn } from './output.ts';
import type { CommonFlags } from './with-world.ts';

type Row = {
  name: string;
  value: string | null;
  source: string;
  overrode: readonly string[];
  note: string | null;
};

export const builder = (yargs: Argv) =>
  yargs
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 config --env-file .env', 'what counts, and where it comes from');

/** Shows every setting: its value, where it came from, what that overrode, and whether it has an effect. */
export const handler = async (flags: ArgumentsCamelCase<CommonFlags & { json: boolean }>): Promise<void> => {
  const settings = loadSettings(flags);
  for (const warning of settings.warnings) warn(warning);
  // What would stop a start stops it here, too.
  superuserSetting(settings);
  const rows = settingKeys.map(key => rowOf(settings, key));
  if (flags.json) return resultJson({ settings: rows });
  const names = Math.max(...rows.map(row => row.name.length));
  const values = Math.max(...rows.map(row => (row.value ?? '-').length));
  for (const row of rows) {
    const overrode = row.overrode.length > 0 ? `, overriding ${row.overrode.join(' and ')}` : '';
    const note = row.note ? `  (${row.note})` : '';
    result(
      printable(
        `${row.name.padEnd(names)}  ${(row.value ?? '-').padEnd(values)}  ${row.source}${overrode}${note}`,
      ),
    );
  }
};

const rowOf = (settings: Settings, key: SettingKey): Row => {
  const variable: Variable = variables[key];
  const { place, overrode } = settings.sources[key];
  return {
    name: variable.name,
    value: shownValue(variable, settings[key]),
    source: place,
    overrode,
    note: noteOn(settings, key),
  };
};

const shownValue = (variable: Variable, value: unknown): string | null => {
  if (value === undefined) return null;
  // As many stars for every secret: its length is part of it.
  if (variable.secret) return '********';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return Array.isArray(value) ? value.join(',') : String(value);
};

/** Why a setting has no effect, or what the combination leads to. */
const noteOn = (settings: Settings, key: SettingKey): string | null => {
  const variable: Variable = variables[key];
  const isSet = settings.sources[key].kind !== 'default';
  if (isSet && variable.awaits)
    return `no effect: this version has no ${variable.awaits.replace(/^the /, '')}`;
  if (isSet && settings.autoLogin && (key === 'superuser' || key === 'superuserPassword')) {
    return 'no effect while LANGINFRA_AUTO_LOGIN is True';
  }
  if (key === 'enableSignup' && settings.enableSignup && settings.newUserIsActive) {
    return 'whoever signs up can sign in at once: LANGINFRA_NEW_USER_IS_ACTIVE is True';
  }
  const { sessionIdleSeconds: idle, sessionMaxSeconds: most } = settings;
  if (key === 'sessionIdleSeconds' && most > 0 && idle >= most) {
    return 'no effect: a session ends before, by LANGINFRA_SESSION_MAX_SECONDS';
  }
  const unsafe = whyNotServe(settings);
  if (key === 'autoLogin' && unsafe) return `run --headless refuses to start: ${unsafe.because}`;
  return null;
};
