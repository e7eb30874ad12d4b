import { existsSync, readFileSync } from 'node:fs';
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

test('every page the README and CONTRIBUTING link to is there', () => {
  for (const page of ['README.md', 'CONTRIBUTING.md']) {
    for (const [, path = ''] of read(page).matchAll(/\]\(([\w./-]+)\)/g)) {
      expect(existsSync(new URL(`../${path}`, import.meta.url)), path).toBe(true);
    }
  }
});
