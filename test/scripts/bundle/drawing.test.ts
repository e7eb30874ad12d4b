import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import * as ink from 'ink';
import { createElement } from 'react';
import { expect, test } from 'vitest';
import { drawing } from '../../../scripts/bundle/drawing.ts';
import { latePlainText, noDevtools, oneWidth } from '../../../scripts/bundle/patches.ts';
import { TtyIn, TtyOut } from '../../../src/terminals/tty.ts';

type Renderer = Pick<typeof ink, 'render' | 'Box' | 'Text'> & { createElement: typeof createElement };

/** Ink as the build makes it. */
const builtInk = async (): Promise<Renderer> => {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { render, Box, Text } from 'ink'; export { createElement } from 'react';",
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire('/');" },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [latePlainText, ...drawing, oneWidth, noDevtools],
  });
  const [file] = outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(file?.contents ?? '').toString('base64')}`);
};
const size = { columns: 40, rows: 12 };

/** A text, parts of which may have a style or be texts themselves. */
type Part = { text: string; bold: boolean; inverse: boolean; color: string; parts: Part[] };
/** Lines one below the other, and a dialog over them. */
type Screen = { lines: Part[]; dialog?: { top: number; left: number; lines: Part[] } | undefined };

const text = fc.string({ unit: fc.constantFrom(...'ab é·›…│日本👩‍🚀\u0301\t\x07'), maxLength: 30 });
const partOf = (parts: fc.Arbitrary<Part[]>): fc.Arbitrary<Part> =>
  fc.record({
    text,
    bold: fc.boolean(),
    inverse: fc.boolean(),
    color: fc.constantFrom('', 'cyan', 'red'),
    parts,
  });
const part = partOf(fc.array(partOf(fc.array(partOf(fc.constant([])), { maxLength: 1 })), { maxLength: 2 }));
const screen: fc.Arbitrary<Screen> = fc.record({
  lines: fc.array(part, { maxLength: size.rows }),
  dialog: fc.option(
    fc.record({ top: fc.nat(8), left: fc.nat(30), lines: fc.array(part, { minLength: 1, maxLength: 4 }) }),
    { nil: undefined },
  ),
});

/** What is sent for each of the screens, one after the other. */
const sent = async ({ render, Box, Text, createElement: make }: Renderer, screens: readonly Screen[]) => {
  let all = '';
  const stdout = new TtyOut(size, (chunk, done) => {
    all += chunk;
    done();
  });
  const textOf = ({ text, parts, ...style }: Part, key: number): ReturnType<typeof make> =>
    make(Text, { ...style, key, wrap: 'truncate' }, text, ...parts.map(textOf));
  const viewOf = ({ lines, dialog }: Screen) =>
    make(
      Box,
      { ...size, width: size.columns, height: size.rows },
      make(Box, { flexDirection: 'column', width: size.columns }, ...lines.map(textOf)),
      dialog &&
        make(
          Box,
          {
            position: 'absolute',
            marginTop: dialog.top,
            marginLeft: dialog.left,
            width: 20,
            borderStyle: 'round',
            overflow: 'hidden',
            flexDirection: 'column',
          },
          ...dialog.lines.map(textOf),
        ),
    );
  const frames: string[] = [];
  const app = render(make(Box, {}), {
    stdin: new TtyIn() as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    patchConsole: false,
    exitOnCtrlC: false,
  });
  for (const shown of screens) {
    app.rerender(viewOf(shown));
    await app.waitUntilRenderFlush();
    frames.push(all);
    all = '';
  }
  app.unmount();
  return frames;
};

test('Ink as it is built sends for every screen what Ink sends', async () => {
  const built = await builtInk();
  await fc.assert(
    fc.asyncProperty(fc.array(screen, { minLength: 2, maxLength: 5 }), async screens => {
      expect(await sent(built, screens)).toEqual(await sent({ ...ink, createElement }, screens));
    }),
    { numRuns: 40 },
  );
}, 60_000);
