import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allKeys, keysAsMarkdown } from '../src/screens/keymap.ts';
import { settingKeys, variables } from '../src/settings/variables.ts';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

test('docs/keys.md is made from the key tables as they are', () => {
  expect(read('docs/keys.md'), 'run: npm run docs').toBe(keysAsMarkdown(allKeys));
});

test('.env.example sets variables that exist', () => {
  const names = [...read('.env.example').matchAll(/^(LANGINFRA_\w+)=/gm)].map(([, name]) => name);
  const known = settingKeys.map(key => variables[key].name);
  expect(names).toHaveLength(5);
  expect(names.filter(name => !known.includes(name as (typeof known)[number]))).toEqual([]);
});

test('npm start starts Node with the options that the installed program starts it with', () => {
  const [, options] = /^#!\/usr\/bin\/env -S node (.*)$/m.exec(read('src/cli.tsx')) ?? [];
  expect(options).toMatch(/--$/);
  expect(JSON.parse(read('package.json')).scripts.start).toBe(`exec node ${options} dist/cli.js`);
});

test.each(['README.md', 'CONTRIBUTING.md', 'deploy/README.md', 'docs/security.md'])(
  'every place that %s links to is there',
  page => {
    for (const [, path = '', heading] of read(page).matchAll(/\]\(([\w./-]*)(?:#([\w-]+))?\)/g)) {
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(new URL(`../${target}`, import.meta.url)), target).toBe(true);
      if (heading) expect(headingsOf(target)).toContain(heading);
    }
  },
);

test('every promise of docs/security.md names a test', () => {
  const [, promises = ''] = read('docs/security.md').split(/^## What is .*$/m);
  const rows = promises.split('\n').filter(line => /^\| (?!Promise)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter(row => !/\]\(\.\.\/test\/[\w./-]+\.test\.tsx?\)[^|]* \|$/.test(row))).toEqual([]);
});

/** What a link to a heading is called: small letters, and a dash for each space. */
const headingsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text.toLowerCase().replaceAll(' ', '-'));
