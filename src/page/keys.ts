/** Of a KeyboardEvent. */
type Pressed = { key: string; ctrlKey: boolean; altKey: boolean; metaKey: boolean };

/**
 * Whether a key is the browser's: its function keys (F6 leaves the terminal), to load the page again, to paste, and to copy
 * where something is selected. The console has no use for them; Control-W, Control-T and Control-N it never hears of.
 */
export const isOfBrowser = ({ key, ctrlKey, altKey, metaKey }: Pressed, isSelected: boolean): boolean => {
  if (/^F\d+$/.test(key) || metaKey) return true;
  if (!ctrlKey || altKey) return false;
  const letter = key.toLowerCase();
  return letter === 'r' || letter === 'v' || (letter === 'c' && isSelected);
};
