import { isTooSmall, leastSize } from '../screens/layer.ts';
import type { PageSize } from '../terminals/browser-messages.ts';
import { openConnection } from './connection.ts';
import { openTerminal } from './terminal.ts';

const part = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
};

const linear = new URLSearchParams(location.search).has('screen-reader');
let hasEnded = false;
/** Whether that is what the page says; until the next key. */
let copyFailed = false;

const show = (text: string): void => {
  part('status').textContent = text;
};

const terminal = openTerminal({
  place: part('terminal'),
  linear,
  typed: keys => {
    if (copyFailed) show('');
    copyFailed = false;
    if (!hasEnded) connection.type(keys);
    else if (keys.includes('\r')) begin();
  },
  copyFailed: () => {
    copyFailed = true;
    show('The browser did not let this page write to its clipboard');
  },
});

const connection = openConnection({
  linear,
  size: terminal.size,
  // It may have changed since the opening was sent. And by any answer the server knows that the token has come.
  attached: () => connection.resize(terminal.size()),
  output: terminal.write,
  status: show,
  ended: reason => {
    hasEnded = true;
    // Whatever the console had switched on is off: its last bytes may not have come.
    terminal.reset();
    terminal.write(`${reason && `${reason}.\r\n`}session ended, press Enter\r\n`);
  },
});

const begin = (): void => {
  hasEnded = false;
  terminal.reset();
  connection.connect();
};

/** Says what to do where the window is too small even for the smallest letters. */
const sayIfSmall = (size: PageSize): void => {
  const isSmall = !linear && isTooSmall(size);
  part('small').hidden = !isSmall;
  if (!isSmall) return;
  const needed = `The console needs ${leastSize.columns} by ${leastSize.rows} characters`;
  const there = `this window has room for ${size.columns} by ${size.rows}`;
  const lineByLine = document.createElement('a');
  lineByLine.href = '?screen-reader';
  lineByLine.textContent = 'open it line by line';
  const text = `${needed}, and ${there}. Make the window larger, zoom out, or `;
  part('small').replaceChildren(text, lineByLine, '.');
};

const fit = (): void => {
  const before = terminal.size();
  terminal.fit();
  const size = terminal.size();
  sayIfSmall(size);
  if (before.columns !== size.columns || before.rows !== size.rows) connection.resize(size);
};

if (linear) {
  part('mode').textContent = 'Open the console drawn on the whole page';
  part('mode').setAttribute('href', location.pathname);
}
// A drag changes the size with each pixel.
let isFitting = false;
new ResizeObserver(() => {
  if (isFitting) return;
  isFitting = true;
  requestAnimationFrame(() => {
    isFitting = false;
    fit();
  });
}).observe(part('terminal'));
fit();
begin();
