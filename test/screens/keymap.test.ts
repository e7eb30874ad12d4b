import { describe, expect, test } from 'vitest';
import {
  actionOf,
  adminKeys,
  allKeys,
  formKeys,
  type Keymap,
  keysAsMarkdown,
  profileKeys,
  shownKey,
} from '../../src/screens/keymap.ts';

describe.each(Object.entries(allKeys))('the keys of %s', (_, keymap: Keymap) => {
  test('none stands there twice', () => {
    const keys = Object.values(keymap).flatMap(entry => entry.keys);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test('each has words, and runs its action', () => {
    for (const [action, { keys, does }] of Object.entries(keymap)) {
      expect(does).toMatch(/^[a-z]/);
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) expect(actionOf(keymap, key)).toBe(action);
    }
  });
});

test('the Admin Page has every key that the contract gives it', () => {
  const contract = {
    up: ['up', 'k'],
    down: ['down', 'j'],
    pageUp: ['pageup', 'ctrl-u'],
    pageDown: ['pagedown', 'ctrl-d'],
    first: ['home', 'g'],
    last: ['end', 'G'],
    left: ['left', 'h'],
    right: ['right', 'l'],
    toggle: ['space'],
    toggleActive: ['a'],
    toggleSuperuser: ['s'],
    newUser: ['n'],
    details: ['enter'],
    edit: ['e'],
    resetPassword: ['p'],
    remove: ['d'],
    search: ['/'],
    sort: ['o'],
    reverse: ['O'],
    undo: ['u'],
    copy: ['y'],
    why: ['w'],
    menu: ['m'],
    refresh: ['r'],
    redraw: ['ctrl-l'],
    help: ['?', ':'],
    suspend: ['ctrl-z'],
    back: ['esc'],
    quit: ['q'],
  };
  for (const [action, keys] of Object.entries(contract)) {
    for (const key of keys) expect([key, actionOf(adminKeys, key)]).toEqual([key, action]);
  }
});

test('forms have theirs, and no letter among them', () => {
  const contract = {
    next: ['tab', 'down'],
    previous: ['shift-tab', 'up'],
    enter: ['enter'],
    save: ['ctrl-s'],
    cancel: ['esc'],
  };
  for (const [action, keys] of Object.entries(contract)) {
    for (const key of keys) expect([key, actionOf(formKeys, key)]).toEqual([key, action]);
  }
  expect(
    Object.values(formKeys)
      .flatMap(entry => [...entry.keys])
      .filter(key => key.length === 1),
  ).toEqual([]);
});

test('quit, help, redraw and suspend are the same on every screen', () => {
  for (const action of ['quit', 'help', 'redraw', 'suspend'] as const)
    expect(profileKeys[action]).toEqual(adminKeys[action]);
});

test('a key that nobody has does nothing', () => expect(actionOf(adminKeys, 'Q')).toBeUndefined());

test('the page of the keys names every key of every table', () => {
  const page = keysAsMarkdown(allKeys);
  for (const [title, keymap] of Object.entries(allKeys)) {
    const section = page.split(`## ${title}\n`)[1]?.split('## ')[0] ?? '';
    for (const { keys, does } of Object.values(keymap)) {
      expect(section).toContain(`| ${keys.map(key => `\`${shownKey(key)}\``).join(' ')} | ${does} |`);
    }
  }
});
