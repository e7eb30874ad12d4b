import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Gives files of packages other text on their way into the bundle. Fails the build where that changes nothing. */
export const patch = (name: string, file: RegExp, change: (text: string) => string): Plugin => ({
  name,
  setup: ({ onLoad }) => {
    onLoad({ filter: file }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = change(text);
      if (contents === text)
        throw new Error(`${name}: ${path} has changed; look at its patch in scripts/bundle`);
      return { contents, loader: 'js' };
    });
  },
});

/** Gives a package other code altogether. */
export const replaced = (name: string, filter: RegExp, contents: string): Plugin => ({
  name,
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter }, () => ({ path: name, namespace: name }));
    onLoad({ filter: /.*/, namespace: name }, () => ({ contents, loader: 'js' }));
  },
});

/** Replaces each of the texts once. Throws where one is not there. */
export const each = (text: string, changes: readonly (readonly [string, string])[]): string =>
  changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`a package has changed: ${from} is not in it`);
    return changed.replace(from, () => to);
  }, text);
