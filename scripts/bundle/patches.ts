import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { drawing } from './drawing.ts';
import { patch, replaced } from './patch.ts';

/**
 * yoga-layout fetches its WebAssembly from a data: URL, and Node loads its whole HTTP client for that: a fifth of
 * the console's start. Without `fetch` it decodes the text itself, letter by letter; Node does that in no time.
 */
const yogaWithoutFetch = patch(
  'yoga-without-fetch',
  /yoga-wasm-base64-esm\.js$/,
  text =>
    `var fetch;${text.replace(/var b=xa\((a\.slice\(37\))\).*?var d=c/s, 'var d=new Uint8Array(Buffer.from($1,"base64"))')}`,
);

/** Stays outside the bundle, as all native code. */
export const nativeSqlite = 'sqlite3/build/Release/node_sqlite3.node';

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

const plainText = fileURLToPath(new URL('plain-text.ts', import.meta.url));

/** See plain-text.ts. The imports have names of their own, so that nothing of a file shadows them. */
export const latePlainText = patch(
  'late-plain-text',
  /node_modules\/(string-width\/index|ink\/node_modules\/wrap-ansi\/index|slice-ansi\/tokenize-ansi|@alcalzone\/ansi-tokenize\/build\/tokenize|ink\/build\/(line-update|sanitize-ansi|parse-keypress))\.js$/,
  text => {
    const changed = text
      .replace(/new Intl\.Segmenter\(.*?\)/, 'new $LateSegmenter()')
      .replace('/^[\\u0020-\\u007E]*$/.test(string)', '$isPlain(string)')
      .replace(/^const (\w+) = (\/.*\\p\{.*\/[a-z]*);$/gm, 'const $1 = new $LateRegExp(() => $2);')
      // The same characters, for ever (unicode.org/policies/stability_policy.html), and no question to ICU.
      .replace('\\p{Control}', '[\\x00-\\x1f\\x7f-\\x9f]');
    if (changed === text) return text;
    return `import { isPlain as $isPlain, LateRegExp as $LateRegExp, LateSegmenter as $LateSegmenter } from '${plainText}';\n${changed}`;
  },
);

/**
 * Ink measures text as our own screens do (src/text.ts): else it would go on with a changed line in the wrong column
 * after a name in Hindi. Help and errors, which bring an older string-width, have no need of it.
 */
export const oneWidth: Plugin = {
  name: 'one-width',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      /node_modules/.test(importer) ? { path: 'width', namespace: 'one-width' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'one-width' }, () => ({
      contents: `
        import stripAnsi from 'strip-ansi';
        import { widthOf } from '${source('text.ts')}';
        export default (text, { countAnsiEscapeCodes = false } = {}) =>
          widthOf(countAnsiEscapeCodes ? text : stripAnsi(text));`,
      resolveDir: import.meta.dirname,
      loader: 'js',
    }));
  },
};

/** Ink asks for the React developer tools in development only; the bundle is production. */
export const noDevtools = replaced('no-devtools', /^react-devtools-core$/, 'export default {}');

/**
 * Ink hides the cursor by way of a package that shows it again when the process ends, on standard error, whatever that is:
 * the log of a server, whose consoles are all elsewhere, would end with it.
 */
const cursorOfTerminals = patch('cursor-of-terminals', /node_modules\/restore-cursor\/index\.js$/, text =>
  text.replace('process.stderr.write(', 'if (process.stderr.isTTY) process.stderr.write('),
);

/** A module of Node whose functions are here at once, and the module itself when one of them is called. */
const lateBuiltin = (name: string, functions: readonly string[]): Plugin =>
  replaced(
    `late-${name}`,
    new RegExp(`^(node:)?${name}$`),
    `const real = () => process.getBuiltinModule('node:${name}');
     module.exports = (...given) => real()(...given);
     ${functions.map(called => `module.exports.${called} = (...given) => real().${called}(...given);`).join('')}`,
  );

/** Packages check their arguments by it, which they do well without: six milliseconds. */
const lateAssert = lateBuiltin('assert', ['equal', 'strictEqual', 'notStrictEqual']);
/** Fastify could serve by them, if we asked it to: ten milliseconds. */
const lateHttps = lateBuiltin('https', ['createServer']);
const lateHttp2 = lateBuiltin('http2', ['createServer', 'createSecureServer']);

/** Fastify asks it whether a plugin is for this Fastify: the lock file and the tests, which run unbundled, see to that. */
const noSemver = replaced('no-semver', /^semver$/, 'export const satisfies = () => true;');

/** sqlite3 looks for its native code in a dozen places by way of three packages; where npm compiles it is one of them. */
const sqliteAtOnce = replaced(
  'sqlite-at-once',
  /^bindings$/,
  `module.exports = () => require('${nativeSqlite}');`,
);

/** `import x, { a as b } from "node:fs";` or `import * as x from …`, as the minifier prints it. */
const importOfBuiltin =
  /\bimport\s?(?:\*\s?as ([\w$]+)|([\w$]+)?,?(?:\{([^}]*)\})?)\s?from"(?:node:)?([a-z_/]+)";/g;

/**
 * Node's own modules by `process.getBuiltinModule` in place of `import`: an import reads every export of a module
 * once, and with that loads what stands behind the late ones (of node:http its whole client, of node:crypto WebCrypto).
 */
const builtinsByCall: Plugin = {
  name: 'builtins-by-call',
  setup: ({ initialOptions, onEnd }) => {
    initialOptions.write = false;
    onEnd(async ({ outputFiles = [] }) => {
      for (const { path, text } of outputFiles) {
        // The first file tells an older Node, which may lack that function, what is missing.
        const contents = path.endsWith('/cli.js') ? text : text.replace(importOfBuiltin, byCall);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, /\brequire\b/.test(contents) ? requireHere + contents : contents);
      }
    });
  },
};

/** What the CommonJS packages in the bundle, and native code outside it, are loaded by. */
const requireHere =
  'import{createRequire as $require}from"node:module";const require=$require(import.meta.url);';

const byCall = (statement: string, all?: string, byDefault?: string, some?: string, name = ''): string => {
  if (!isBuiltin(name)) return statement;
  const names = [all, byDefault, some && `{${some.replaceAll(' as ', ':')}}`].filter(Boolean);
  return names.map(wanted => `const ${wanted}=process.getBuiltinModule("node:${name}");`).join('');
};

/** What nearly every command needs: settings, rules and store, and what the screens and the server share of them. */
const core = [
  'world.ts',
  'settings.ts',
  'accounts/tokens.ts',
  'accounts/user-json.ts',
  'store/user-order.ts',
];

/**
 * Keeps the core in one file. esbuild makes a file of what the same commands need, and so some fifteen of a core of
 * which each command needs a little more or less; a file more takes half a millisecond of a start.
 */
const coreInOneFile: Plugin = {
  name: 'core-in-one-file',
  setup: ({ onLoad }) => {
    const users = /src\/(commands\/(run|superuser|config|users\/\w+)|terminals\/local|http\/listen)\.tsx?$/;
    onLoad({ filter: users }, async ({ path }) => ({
      contents: `${core.map(file => `import '${source(file)}';`).join('')}${await readFile(path, 'utf8')}`,
      loader: path.endsWith('x') ? 'tsx' : 'ts',
    }));
  },
};

/** `element.createElement("style")` and `element.setAttribute("style", …)`, as xterm.js has them. */
const styleElement = /[\w$.]+\.createElement\("style"\)/g;
const styleAttribute = /([\w$]+)\.setAttribute\("style",/g;

/**
 * xterm.js writes its colours and sizes into style elements. A page that allows those allows whatever somebody else
 * brings in as one; style sheets that a script makes are not concerned by its policy (CSP 3, section 7.6).
 */
export const stylesWithoutInline = patch('styles-without-inline', /@xterm\/xterm\/lib\/xterm\.mjs$/, text => {
  const changed = text.replace(styleElement, '$styleElement()').replace(styleAttribute, '$styleOf($1,');
  return `const $styleElement = () => {
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets.push(sheet);
    return Object.defineProperty(document.createElement('template'), 'textContent', { set: css => sheet.replaceSync(css) });
  };
  const $styleOf = (element, css) => { element.style.cssText = css; };
  ${changed}`;
});

/** All that the build changes on its way, each with its reason. */
export const patches: Plugin[] = [
  yogaWithoutFetch,
  latePlainText,
  ...drawing,
  oneWidth,
  noDevtools,
  cursorOfTerminals,
  lateAssert,
  lateHttps,
  lateHttp2,
  noSemver,
  sqliteAtOnce,
  builtinsByCall,
  coreInOneFile,
];
