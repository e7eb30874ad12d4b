import { chmodSync, cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { nativeSqlite, patches, stylesWithoutInline } from './bundle/patches.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Puts files of a page where the built program looks for them. */
const copy = (page: string, directory: string, names: readonly string[]): void => {
  for (const name of names) cpSync(`${root}/${directory}/${name}`, `${root}/dist/${page}/${name}`);
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
  // Native code, which a bundle cannot hold.
  external: [nativeSqlite, 'bcrypt', 'ssh2'],
  // As ES modules: of CommonJS an import that is made later would get one default export in a bundle.
  alias: {
    '@zxcvbn-ts/core': '@zxcvbn-ts/core/dist/index.mjs',
    '@zxcvbn-ts/language-common': '@zxcvbn-ts/language-common/dist/index.mjs',
  },
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: patches,
  metafile: true,
});
chmodSync(`${root}/dist/cli.js`, 0o755);
copy('docs', 'src/http/docs', ['index.html', 'start.js']);
copy('docs', 'node_modules/swagger-ui-dist', [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'LICENSE',
  'NOTICE',
]);
// The page /admin, with all that it needs: it loads nothing from anywhere else.
await build({
  absWorkingDir: root,
  entryPoints: [
    { in: 'src/page/start.ts', out: 'page/page' },
    { in: 'src/page/page.css', out: 'page/page' },
  ],
  outdir: 'dist',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome111', 'firefox114', 'safari16.4'],
  minify: true,
  // The licences of the packages in it.
  legalComments: 'eof',
  plugins: [stylesWithoutInline],
});
copy('page', 'src/page', ['index.html']);
for (const [name, file] of [
  ['@xterm/xterm', 'LICENSE'],
  ['js-base64', 'LICENSE.md'],
])
  cpSync(
    `${root}/node_modules/${name}/${file}`,
    `${root}/dist/page/${name?.replace(/.*\//, '')}.LICENSE.txt`,
  );
const size = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
process.stdout.write(`Built dist/ (${Math.round(size / 1024)} KiB).\n`);
