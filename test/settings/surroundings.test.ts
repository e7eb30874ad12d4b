import { expect, test } from 'vitest';
import { settingsHere } from '../support/settings.ts';

const { load } = settingsHere();

test.each([
  [{}, false],
  [{ TERM: 'xterm-256color' }, false],
  [{ TERM: 'linux' }, true],
  [{ TERM: 'linux-16color' }, true],
])('with %j the console is drawn in ASCII: %s', (env, isSo) => {
  expect(load(env).surroundings.ascii).toBe(isSo);
});

test.each([
  [{ TERM: 'xterm-256color' }, false],
  [{ TERM: 'xterm-256color', INK_SCREEN_READER: 'false' }, false],
  [{ TERM: 'xterm-256color', INK_SCREEN_READER: 'true' }, true],
  [{ TERM: 'dumb' }, true],
  [{ TERM: '' }, true],
  [{}, true],
])('with %j the console is said line by line: %s', (env, isSo) => {
  expect(load(env).surroundings.linear).toBe(isSo);
});

test.each([
  [{ TERM: 'xterm' }, false],
  [{ TERM: 'xterm', NO_COLOR: '1' }, true],
  [{ TERM: 'xterm', NO_COLOR: '' }, false],
  [{ TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('with %j the console has no colours: %s', (env, isSo) => {
  expect(load(env).surroundings.colourless).toBe(isSo);
});
