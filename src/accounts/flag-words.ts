const flags = new Map([
  ...['true', '1', 'yes', 'y', 'on', 't'].map(word => [word, true] as const),
  ...['false', '0', 'no', 'n', 'off', 'f'].map(word => [word, false] as const),
]);

/** What stands for true and false in requests and files, in small letters. */
export const flagWords: readonly string[] = [...flags.keys()];

/** What a boolean, a number or a word, in capitals too, says; undefined where it says neither. */
export const flagOf = (value: unknown): boolean | undefined => flags.get(String(value).toLowerCase());
