import jsQR from 'jsqr';
import type { TestConsole } from './console.tsx';

/** So many pixels a module gets. */
const scale = 4;

/** What a phone reads from a picture of these modules; undefined where it reads nothing. */
const readModules = (light: readonly (readonly boolean[])[]): string | undefined => {
  const [width, height] = [(light[0]?.length ?? 0) * scale, light.length * scale];
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const value = light[Math.floor(y / scale)]?.[Math.floor(x / scale)] ? 255 : 0;
      pixels.set([value, value, value, 255], (y * width + x) * 4);
    }
  // As it is drawn, dark on light: whoever would need it inverted has not been shown a QR code.
  return jsQR(pixels, width, height, { inversionAttempts: 'dontInvert' })?.data;
};

/** What a phone reads from the screen, where what is drawn is light and the rest dark. */
export const readQrCode = ({ lines }: Pick<TestConsole, 'lines'>): string | undefined => {
  const all = lines().map(line => line.padEnd(80));
  return readModules(
    all.flatMap(line => [
      Array.from(line, character => '▀█'.includes(character)),
      Array.from(line, character => '▄█'.includes(character)),
    ]),
  );
};

/** The same where a module is two cells, and inverse is light: without half blocks. */
export const readAsciiQrCode = ({ terminal }: Pick<TestConsole, 'terminal'>): string | undefined =>
  readModules(
    Array.from({ length: terminal.rows }, (_, y) =>
      Array.from({ length: Math.floor(terminal.cols / 2) }, (_, x) => {
        const cell = terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)?.getCell(x * 2);
        return cell !== undefined && cell.isInverse() !== 0;
      }),
    ),
  );
