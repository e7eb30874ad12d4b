/** Scripts in which people write names (UAX #31, recommended scripts); all others count as one more. */
const recommended =
  `Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi
  Hangul Han Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai
  Tibetan`.split(/\s+/);

/** Scripts that one text of one language has together (UTS #39, highly restrictive). */
const together = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

let known: readonly (readonly [string, RegExp])[] | undefined;
/** Made at the first name that needs it: ICU takes some milliseconds for it. */
const scripts = () => {
  known ??= recommended.map(name => [name, new RegExp(`\\p{Script_Extensions=${name}}`, 'u')] as const);
  return known;
};

/** The scripts that a character may belong to; nothing for digits, marks and punctuation, which go with any. */
const scriptsOf = (character: string): string[] => {
  if (/[\p{Script=Common}\p{Script=Inherited}]/u.test(character)) return [];
  const found = scripts()
    .filter(([, script]) => script.test(character))
    .map(([name]) => name);
  return found.length > 0 ? found : ['another'];
};

/** Whether a name has letters of scripts that nobody writes together, as `pаypal` has with a Cyrillic а (UTS #39). */
export const mixesScripts = (name: string): boolean => {
  if (/^[\x20-\x7e]*$/.test(name)) return false;
  const letters = Array.from(name, scriptsOf).filter(found => found.length > 0);
  const isWrittenIn = (allowed: readonly string[]): boolean =>
    letters.every(found => found.some(script => allowed.includes(script)));
  return (
    letters.length > 0 && ![...recommended.map(name => [name]), ['another'], ...together].some(isWrittenIn)
  );
};
