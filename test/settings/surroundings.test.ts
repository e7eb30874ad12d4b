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

test.each([
  [{ PATH: '/usr/bin' }, undefined],
  [{ PATH: '/usr/bin', NOTIFY_SOCKET: '' }, undefined],
  [
    { PATH: '/usr/bin', NOTIFY_SOCKET: '/run/notify', LANGINFRA_SECRET_KEY: 'x'.repeat(32) },
    { PATH: '/usr/bin', NOTIFY_SOCKET: '/run/notify' },
  ],
])('with %j a message to the service manager needs %j', (env, needed) => {
  expect(load(env).surroundings.notify).toEqual(needed);
});
