import type { ITheme } from '@xterm/xterm';

/** The console names its colours, and these are what they look like: at least 4.5:1 on their ground (WCAG 1.4.3). */
const dark: ITheme = {
  background: '#1f2430',
  foreground: '#d8dee9',
  cursor: '#d8dee9',
  selectionBackground: '#45506b',
  black: '#1f2430',
  red: '#f28779',
  green: '#a6cc70',
  yellow: '#ffcc66',
  blue: '#73d0ff',
  magenta: '#d4bfff',
  cyan: '#5ccfe6',
  white: '#d8dee9',
};

const light: ITheme = {
  background: '#fafafa',
  foreground: '#24292f',
  cursor: '#24292f',
  selectionBackground: '#b6d7ff',
  black: '#24292f',
  red: '#b3261e',
  green: '#1a6b2b',
  yellow: '#6b4700',
  blue: '#0a55b3',
  magenta: '#7a3ba8',
  cyan: '#0b5f73',
  white: '#57606a',
};

/** Bold text keeps its colour: the bright ones are the same. */
const withBright = (theme: ITheme): ITheme => ({
  ...theme,
  brightBlack: '#7a8499',
  brightRed: theme.red ?? '',
  brightGreen: theme.green ?? '',
  brightYellow: theme.yellow ?? '',
  brightBlue: theme.blue ?? '',
  brightMagenta: theme.magenta ?? '',
  brightCyan: theme.cyan ?? '',
  brightWhite: theme.white ?? '',
});

/** Calls with the colours that go with the browser's, at once and when those change. */
export const followColours = (use: (theme: ITheme) => void): void => {
  const isLight = matchMedia('(prefers-color-scheme: light)');
  const show = (): void => use(withBright(isLight.matches ? light : dark));
  isLight.addEventListener('change', show);
  show();
};
