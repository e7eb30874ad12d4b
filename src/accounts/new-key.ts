import { Refusal } from '../refusal.ts';
import { randomKey, readKeptKey } from './kept-key.ts';
import { createSealing, type Sealing } from './sealing.ts';
import { type KeySettings, placeOfGiven } from './secret-key.ts';

/** A key that is to take the place of the present one. */
export type NewKey = {
  text: string;
  sealing: Sealing;
  /** The config directory that it is yet to be kept in; undefined where it is there, or comes from the settings. */
  keepIn: string | undefined;
  /** The settings still name another: a person has to put it there. */
  isToBeSet: boolean;
};

/** What `openssl rand -base64 32` and the like give, and what no shell, editor or env file reads otherwise. */
const usable = /^[\x21-\x7e]{32,}$/;

/**
 * The key to go over to: the given one, else that of the settings or of the config directory where the database has
 * another, else a random one for the config directory. `present` is the key of the database.
 * Throws new_key_needed, new_key_weak, new_key_same and the refusals of files.
 */
export const newKeyFor = (
  settings: KeySettings,
  present: Sealing,
  { given, keyEnvFile, place }: { given: string | undefined; keyEnvFile: string | undefined; place: string },
): NewKey => {
  if (given !== undefined && !usable.test(given)) throw new Refusal('new_key_weak');
  const isKept = settings.secretKey === undefined;
  const there = settings.secretKey ?? readKeptKey(settings.configDir, present.fingerprint).text;
  const other = there && createSealing(there).fingerprint !== present.fingerprint ? there : undefined;
  const text = given ?? other ?? (isKept ? randomKey() : undefined);
  if (text === undefined) throw new Refusal('new_key_needed', { place });
  const sealing = createSealing(text, isKept ? { kind: 'kept file' } : placeOfGiven(keyEnvFile));
  if (sealing.fingerprint === present.fingerprint) throw new Refusal('new_key_same');
  const isThere = text === there;
  return {
    text,
    sealing,
    keepIn: isKept && !isThere ? settings.configDir : undefined,
    isToBeSet: !isKept && !isThere,
  };
};

/**
 * Refuses to go over from the key that a file gave where the settings, or the config directory, have that one themselves:
 * whoever names it means to go over to theirs, not to one that is made up. Throws old_key_present.
 */
export const refusePresent = (settings: KeySettings, present: Sealing, place: string): void => {
  const there = settings.secretKey ?? readKeptKey(settings.configDir, present.fingerprint).text;
  if (there && createSealing(there).fingerprint === present.fingerprint)
    throw new Refusal('old_key_present', { place });
};
