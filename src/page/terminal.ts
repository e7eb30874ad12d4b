import { ClipboardAddon } from '@xterm/addon-clipboard';
import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import { isTooSmall, leastSize } from '../screens/layer.ts';
import type { PageSize } from '../terminals/browser-messages.ts';
import { followColours } from './colours.ts';
import { isOfBrowser } from './keys.ts';

/** In CSS pixels. Where the window has no room for the console in the usual size, it is drawn smaller, down to this. */
const smallestFont = 8;

export type PageTerminal = {
  write: (text: string) => void;
  reset: () => void;
  /** The size of the terminal as the window has room for it, in characters. */
  size: () => PageSize;
  /** Makes the terminal as large as the window, and its letters as small as the console needs them there. */
  fit: () => void;
};

type TerminalOptions = {
  place: HTMLElement;
  /** Whether a screen reader follows, line by line. */
  linear: boolean;
  typed: (keys: string) => void;
  /** Told that the browser did not take a text into its clipboard. */
  copyFailed: () => void;
};

/** The terminal of the page. It opens no links, keeps its title, and gives nothing of the clipboard to the console. */
export const openTerminal = ({ place, linear, typed, copyFailed }: TerminalOptions): PageTerminal => {
  const usualFont = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const terminal = new Terminal({
    fontFamily: 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace',
    fontSize: usualFont,
    scrollback: linear ? 1000 : 0,
    screenReaderMode: linear,
    // Some of what it does with widths is proposed still.
    allowProposedApi: true,
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  // Of its ways to count cells, the one that counts most names as the console does.
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  terminal.loadAddon(
    new ClipboardAddon(undefined, {
      // Never answered: what is in the clipboard is nothing for the console to know.
      readText: () => new Promise(() => {}),
      writeText: async (_, text) => {
        // Browsers have a clipboard for pages by HTTPS and of this computer only.
        await Promise.resolve(navigator.clipboard?.writeText(text) ?? Promise.reject()).catch(copyFailed);
      },
    }),
  );
  // Text that says one thing and links to another.
  terminal.parser.registerOscHandler(8, () => true);
  terminal.attachCustomKeyEventHandler(event => !isOfBrowser(event, terminal.hasSelection()));
  terminal.onData(typed);
  followColours(theme => {
    terminal.options.theme = theme;
  });
  terminal.open(place);
  terminal.focus();

  const room = (): PageSize => {
    const { cols, rows } = fitting.proposeDimensions() ?? terminal;
    return { columns: cols, rows };
  };
  const setFont = (size: number): void => {
    if (terminal.options.fontSize !== size) terminal.options.fontSize = size;
  };
  const fit = (): void => {
    if (!linear) {
      const { columns, rows } = room();
      // Of the sizes in steps of half a pixel, the largest at which the console has room; at most the usual one.
      const scale = Math.min(columns / leastSize.columns, rows / leastSize.rows);
      const size = Math.floor((terminal.options.fontSize ?? usualFont) * scale * 2) / 2;
      setFont(Math.max(smallestFont, Math.min(usualFont, size)));
      // A line is a whole number of pixels high.
      if (isTooSmall(room())) setFont(Math.max(smallestFont, size - 0.5));
    }
    fitting.fit();
  };
  return {
    write: text => terminal.write(text),
    reset: () => terminal.reset(),
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    fit,
  };
};
