import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(path => /\.tsx?$/.test(path));
const sources = new Map(files.map(path => [path, readFileSync(join(src, path), 'utf8')]));

/** The rooms from left to right; rooms on one floor do not know each other. An arrow only points to the right. */
const floors = [
  ['cli', 'page'],
  ['commands'],
  ['world', 'terminals', 'http'],
  ['screens'],
  ['accounts'],
  ['store'],
];
const leaves = ['settings', 'refusal', 'text'];

const roomOf = (path: string) => path.split('/')[0]?.replace(/\.tsx?$/, '') ?? '';
const floorOf = (room: string) => floors.findIndex(rooms => rooms.includes(room));

/** What a file imports: of ours as a path below src, of others by the package's name. */
const importsOf = (path: string, text: string) =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
    target.startsWith('.') ? join(path, '..', target) : target,
  );

const arrows = [...sources].flatMap(([path, text]) =>
  importsOf(path, text).map(target => ({ path, target })),
);
const ours = arrows.filter(({ target }) => sources.has(target));

const isAllowed = (from: string, to: string) => {
  if (from === to || leaves.includes(to)) return true;
  if (leaves.includes(from)) return false;
  if (from === 'http' && to === 'screens') return false;
  return floorOf(from) < floorOf(to);
};

test('every file stands in a room of the house', () => {
  const homeless = files.filter(path => floorOf(roomOf(path)) < 0 && !leaves.includes(roomOf(path)));
  expect(homeless).toEqual([]);
});

test('an import of ours exists and only points to the right', () => {
  expect(ours.length).toBeGreaterThan(100);
  const wrong = ours.filter(({ path, target }) => !isAllowed(roomOf(path), roomOf(target)));
  expect(wrong).toEqual([]);
  const missing = arrows.filter(({ target }) => /\.tsx?$/.test(target) && !sources.has(target));
  expect(missing).toEqual([]);
});

describe('some things stand in one place only', () => {
  const using = (pattern: RegExp) =>
    [...sources].filter(([, text]) => pattern.test(text)).map(([path]) => path);
  const importing = (pattern: RegExp) => [
    ...new Set(arrows.filter(({ target }) => pattern.test(target)).map(({ path }) => roomOf(path))),
  ];

  test('process.env in settings.ts', () => expect(using(/process\.env\b/)).toEqual(['settings.ts']));
  test('process.exit in cli.tsx', () => expect(using(/process\.exit\b/)).toEqual(['cli.tsx']));
  test('a database driver in store', () => expect(importing(/^(sqlite3?|pg|kysely)$/)).toEqual(['store']));
  test('ink in screens and terminals', () => {
    expect(importing(/^ink$/).filter(room => !['screens', 'terminals'].includes(room))).toEqual([]);
  });
  test('fastify in http', () => expect(importing(/^@?fastify/).filter(room => room !== 'http')).toEqual([]));
  test('ws in http', () => expect(importing(/^ws$/)).toEqual(['http']));
  test('xterm.js in page', () => expect(importing(/^@xterm/)).toEqual(['page']));
  test('no dictionary of zxcvbn at a start: it is imported where a password is looked at', () => {
    expect(using(/from '@zxcvbn-ts/)).toEqual([]);
    expect(importing(/^@zxcvbn-ts/)).toEqual(['accounts']);
  });
  test('bcrypt in its worker', () => expect(using(/from 'bcrypt'/)).toEqual(['accounts/bcrypt-worker.ts']));
});

test('no file is longer than 250 lines', () => {
  const long = [...sources].filter(([, text]) => text.split('\n').length > 250).map(([path]) => path);
  expect(long).toEqual([]);
});
