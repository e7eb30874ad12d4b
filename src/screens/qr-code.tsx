import { Text } from 'ink';
import type { Size } from './layer.ts';
import { useSymbols } from './symbols.ts';

/**
 * Black and white by their numbers in the palette of 256: what the theme of the terminal makes of its sixteen colours, a
 * camera may not tell apart. Without colour what is light is drawn, and what is dark is left as the terminal has it.
 */
const [white, black] = ['ansi256(231)', 'ansi256(16)'];

/** A QR code: for each of its rows which modules are dark. */
export type QrCode = readonly (readonly boolean[])[];

/**
 * Version 5 with the least correction holds so many bytes (ISO/IEC 18004, table 7), and is the largest of which 80x24 has
 * room for.
 */
export const qrBytes = 106;
const largest = 5;

/** The light margin that a reader needs (ISO/IEC 18004, 9.1), in modules. Above it is the half of a line less. */
const margin = 4;

export const qrCodeOf = async (text: string): Promise<QrCode> => {
  // Most people never need it.
  const { encode } = await import('uqr');
  const { data } = encode(text, { ecc: 'L', maxVersion: largest, border: margin });
  return data.slice(1);
};

/** The cells that a code takes: half a line for each row; without half blocks two cells for a module. */
export const qrSize = (code: QrCode, isAscii: boolean): Size => {
  const columns = code[0]?.length ?? 0;
  return isAscii
    ? { columns: columns * 2, rows: code.length }
    : { columns, rows: Math.ceil(code.length / 2) };
};

/** A QR code, dark on light whatever the colours of the terminal. */
export const QrCodeView = ({ code }: { code: QrCode }) => {
  const { blocks } = useSymbols();
  return blocks === '' ? <WholeCells code={code} /> : <HalfBlocks code={code} blocks={blocks} />;
};

/** The rows of a code with what tells them apart. */
const numbered = <T,>(rows: readonly T[]): { row: T; at: number }[] => rows.map((row, at) => ({ row, at }));

const HalfBlocks = ({ code, blocks }: { code: QrCode; blocks: string }) =>
  numbered(code.filter((_, at) => at % 2 === 0)).map(({ row, at }) => {
    const below = code[at * 2 + 1];
    const line = row.map((isDark, x) => blocks[(isDark ? 0 : 1) + (below?.[x] ? 0 : 2)]).join('');
    return (
      <Text key={at} color={white} backgroundColor={black}>
        {line}
      </Text>
    );
  });

const WholeCells = ({ code }: { code: QrCode }) =>
  numbered(code).map(({ row, at }) => (
    <Text key={at} color={white} backgroundColor={black}>
      {numbered(row).map(({ row: isDark, at: x }) => (
        <Text key={x} inverse={!isDark}>
          {'  '}
        </Text>
      ))}
    </Text>
  ));
