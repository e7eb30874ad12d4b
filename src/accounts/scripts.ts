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

let known: RegExp | undefined;
/**
 * A text of one script, or of some that go together; digits, marks and punctuation go with any. One expression, made at
 * the first name that needs it: ICU takes some milliseconds for it, and a plan may ask for a million names.
 */
const oneScript = (): RegExp => {
  if (known) return known;
  const written = (scripts: readonly string[]) =>
    scripts.map(name => `\\p{Script_Extensions=${name}}`).join('');
  const any = '\\p{Script=Common}\\p{Script=Inherited}';
  const allowed = [...recommended.map(name => [name]), ...together].map(
    scripts => `[${any}${written(scripts)}]*`,
  );
  const another = `(?:[${any}]|[^${written(recommended)}])*`;
  known = new RegExp(`^(?:${[...allowed, another].join('|')})$`, 'u');
  return known;
};

/** Whether a name has letters of scripts that nobody writes together, as `pаypаl` has with a Cyrillic а (UTS #39). */
export const mixesScripts = (name: string): boolean =>
  !/^[\x20-\x7e]*$/.test(name) && !oneScript().test(name);
