import { caseFold } from '../text.ts';

/** The letters of ASCII that look like others (UTS #39, confusables.txt): `0` like `O`, `rn` like `m`. */
const asciiLookalikes: Record<string, string> = {
  '0': 'O',
  '1': 'l',
  I: 'l',
  '|': 'l',
  m: 'rn',
  '%': 'º/₀',
  '`': "'",
  '"': "''",
};

/**
 * What a name looks like, as Unicode defines it (UTS #39, section 4, skeleton): names that look alike have the same,
 * `раураl` in Cyrillic the one of `paypal`. Folded, as usernames are told apart.
 */
export const skeletonOf = async (name: string): Promise<string> => {
  if (/^[\x20-\x7e]*$/.test(name))
    return caseFold(name.replace(/[01I|m%`"]/g, letter => asciiLookalikes[letter] ?? letter));
  // Six thousand letters, which most databases never need.
  const { default: unhomoglyph } = await import('unhomoglyph');
  return caseFold(unhomoglyph(name.normalize('NFD')).normalize('NFD'));
};
