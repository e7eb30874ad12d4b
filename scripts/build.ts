import { chmodSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Gives a file of a package other text on its way into the bundle. Fails the build where the text is not there. */
const patch = (name: string, file: RegExp, change: (text: string) => string): Plugin => ({
  name,
  setup: ({ onLoad }) => {
    onLoad({ filter: file }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = change(text);
      if (contents === text)
        throw new Error(`${name}: ${path} has changed; look at the patch in scripts/build.ts`);
      return { contents, loader: 'js' };
    });
  },
});

/**
 * yoga-layout fetches its WebAssembly from a data: URL, and Node loads its whole HTTP client for that: a fifth of
 * the console's start. Without `fetch` it decodes the text itself.
 */
const yogaWithoutFetch = patch(
  'yoga-without-fetch',
  /yoga-wasm-base64-esm\.js$/,
  text => `var fetch;${text}`,
);

/** Ink asks for the React developer tools in development only; the bundle is production. */
const noDevtools: Plugin = {
  name: 'no-devtools',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'none', namespace: 'no-devtools' }));
    onLoad({ filter: /.*/, namespace: 'no-devtools' }, () => ({ contents: 'export default {}' }));
  },
};

rmSync(`${root}/dist`, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.tsx', 'bcrypt-worker': 'src/accounts/bcrypt-worker.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Not a Node version: esbuild would turn /v regular expressions into constructor calls that run at the start.
  target: 'esnext',
  minify: true,
  legalComments: 'none',
  // They hold native code, which a bundle cannot.
  external: ['sqlite3', 'bcrypt'],
  define: { 'process.env.NODE_ENV': '"production"' },
  // What the CommonJS packages in the bundle ask for.
  banner: {
    js: "import{createRequire as $require}from'node:module';const require=$require(import.meta.url);",
  },
  plugins: [yogaWithoutFetch, noDevtools],
  metafile: true,
});
chmodSync(`${root}/dist/cli.js`, 0o755);
const size = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
process.stdout.write(`Built dist/ (${Math.round(size / 1024)} KiB).\n`);
