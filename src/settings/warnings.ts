import { Refusal } from '../refusal.ts';
import { isOursButForCase, judgeName } from './names.ts';
import type { Source } from './sources.ts';
import type { SettingKey, Variable } from './variables.ts';

// The two secrets of the documentation's example: everybody knows them.
const publicExamples: Partial<Record<SettingKey, string>> = {
  superuserPassword: 'securepassword',
  secretKey: 'randomly_generated_secure_key',
};
const shortSecretKey = 32;

/** Sentences on names of a place that have no effect. Throws bad_setting for one that nobody knows. */
export const warnOfNames = (source: Source): string[] =>
  Object.keys(source.texts)
    .filter(name => name.startsWith('LANGINFRA_') || isOursButForCase(name))
    .flatMap(name => {
      const verdict = judgeName(name);
      const place = source.placeOf(name);
      if (verdict.kind === 'ours') return [];
      if (verdict.kind === 'python')
        return [`${name} (${place}) is a setting of the Python Langinfra: no effect here`];
      const hint = verdict.nearest ? `. Did you mean ${verdict.nearest}?` : '';
      throw new Refusal('bad_setting', { sentence: `${name} (${place}) is no setting of Langinfra${hint}` });
    });

/** Sentences on what a variable was set to, where a person should think of it once more. */
export const warnOfValue = (key: SettingKey, variable: Variable, text?: string, place?: string): string[] => {
  if (text === undefined) return [];
  if (text === publicExamples[key]) {
    return [
      `${variable.name} (${place}) is the example of the documentation, which everybody knows. Choose another`,
    ];
  }
  if (key === 'secretKey' && text.length < shortSecretKey) {
    return [
      `${variable.name} (${place}) has fewer than ${shortSecretKey} characters. Make one with: openssl rand -base64 32`,
    ];
  }
  if (variable.awaits)
    return [
      `${variable.name} (${place}) has no effect yet: this version has no ${variable.awaits.replace(/^the /, '')}`,
    ];
  return [];
};
