import { resolve } from 'node:path';
import { type NewKey, newKeyFor } from '../../accounts/new-key.ts';
import type { Sealing } from '../../accounts/sealing.ts';
import { Refusal } from '../../refusal.ts';
import { variables } from '../../settings/variables.ts';
import type { Settings } from '../../settings.ts';
import { readPrivateFile } from '../../store/private-files.ts';
import { keyEnvFileOf } from '../../world.ts';
import { createAsker } from '../ask.ts';
import { refuseNameless } from '../words.ts';

/** Where keys are given: in files and from stdin, never in arguments, which others see. */
export type KeyFlags = { oldKeyFile?: string; newKeyFile?: string; newKeyStdin?: boolean };

/** The key in a private file, without the newline that editors and `echo` end it with. Throws wrong_use and the refusals of files. */
const readKeyFile = (file: string): string => {
  refuseNameless(file);
  const path = resolve(file);
  const text = readPrivateFile(path)?.replace(/\r?\n$/, '');
  if (text === undefined) throw new Refusal('file_unreadable', { path, reason: 'there is no such file' });
  if (text === '') throw new Refusal('file_unreadable', { path, reason: 'it is empty' });
  return text;
};

/** The settings with the key that the database still has, where a file gives it. */
export const withOldKey = (settings: Settings, { oldKeyFile }: KeyFlags): Settings =>
  oldKeyFile === undefined
    ? settings
    : {
        ...settings,
        secretKey: readKeyFile(oldKeyFile),
        // Not where the settings have theirs from: a later start is not to be sent there for it.
        sources: { ...settings.sources, secretKey: { kind: 'flag', place: '--old-key-file', overrode: [] } },
      };

/** The new key that the flags give; undefined where they give none. */
export const givenKey = async ({ newKeyFile, newKeyStdin }: KeyFlags): Promise<string | undefined> => {
  if (newKeyFile !== undefined) return readKeyFile(newKeyFile);
  if (!newKeyStdin) return undefined;
  const asker = createAsker();
  try {
    return await asker.hidden('New secret key: ');
  } finally {
    asker.close();
  }
};

/** Where the secret key is: `LANGINFRA_SECRET_KEY (/etc/langinfra.env:3)`, or the path of the kept one. */
export const keyPlaceOf = ({ secretKey, configDir, sources }: Settings): string =>
  secretKey === undefined
    ? `${configDir}/secret_key`
    : `${variables.secretKey.name} (${sources.secretKey.place})`;

/** The key to go over to from the present one. Throws new_key_needed, new_key_weak, new_key_same. */
export const nextKey = (settings: Settings, present: Sealing, given: string | undefined): NewKey =>
  newKeyFor(settings, present, { given, keyEnvFile: keyEnvFileOf(settings), place: keyPlaceOf(settings) });
