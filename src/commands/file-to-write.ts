import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { keyFilesOf } from '../accounts/kept-key.ts';
import { Refusal } from '../refusal.ts';
import type { SettingKey } from '../settings/variables.ts';
import type { Settings } from '../settings.ts';
import { withCompanions } from '../store/companions.ts';
import { hostKeyFile } from '../terminals/ssh/host-key.ts';
import { databasePath } from '../world.ts';

/**
 * The path of a file that a command is to write. Throws file_in_use where Langinfra lives on what is there, by whatever
 * name: no --overwrite is meant for that.
 */
export const fileToWrite = (settings: Settings, file: string): string => {
  const path = resolve(file);
  const database = databasePath(settings);
  const secretFiles = (key: SettingKey): string[] =>
    settings.secretFiles.flatMap(file => (file.key === key ? file.path : []));
  const hostKey = hostKeyFile(settings.configDir);
  const used: [what: string, paths: string[]][] = [
    // SQLite keeps its other files beside the one that a link leads to.
    ['the database', [database, placeOf(database)].flatMap(withCompanions)],
    ['the secret key', [...keyFilesOf(settings.configDir), ...secretFiles('secretKey')]],
    ['the password of the superuser', secretFiles('superuserPassword')],
    // Whoever has logged in once knows this server by it; ssh-keygen keeps the other half beside it.
    ['the SSH host key', [hostKey, `${hostKey}.pub`]],
    ['the env file', settings.envFile === undefined ? [] : [resolve(settings.envFile)]],
  ];
  const [what] = used.find(([, paths]) => paths.some(one => isSame(one, path))) ?? [];
  if (what !== undefined) throw new Refusal('file_in_use', { path, what });
  return path;
};

/** Whether two paths lead to one file, or would if it were there. */
const isSame = (one: string, other: string): boolean => {
  const [first, second] = [one, other].map(fileAt);
  if (first && second) return first.ino === second.ino && first.dev === second.dev;
  return placeOf(one) === placeOf(other);
};

const fileAt = (path: string) => {
  try {
    return statSync(path, { bigint: true });
  } catch {
    // It is not there, or cannot be reached: writing it says why.
    return undefined;
  }
};

/** A path without links, as far as there is something on it. */
const placeOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(placeOf(dirname(path)), basename(path));
  }
};
