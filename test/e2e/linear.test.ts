import { describe, expect, test } from 'vitest';
import { good, newcomer, program } from '../support/program.ts';
import { keys, type Pty } from '../support/pty.ts';

const { enter, tab, ctrl } = keys;

/** What a terminal gets that has no cursor to place: text, and ends of lines. */
const onlyText = /^[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]*$/;

const visit = async (ui: Pty): Promise<void> => {
  await ui.sees('Username, text:');
  ui.type('root', enter);
  await ui.sees('Password, hidden text:');
  ui.type(good, enter);
  await ui.sees('Admin Page.', 'root, active, superuser, ', '1 user.');
  ui.type('n');
  await ui.sees('New User.', 'Username, text:');
  ui.type('ada', tab, good, tab, good, ctrl('s'));
  await ui.sees('Username, text: ada', 'ada was added.', 'ada, not active, not a superuser, ');
  ui.type('a');
  await ui.sees('ada is active now, u undoes it.');
  ui.type('q');
  expect(await ui.ended).toEqual({ code: 0, signal: 0 });
};

describe.concurrent('the console is said line by line, with no cursor moved and no colour', () => {
  test.each<[string, string[], Record<string, string>, string[]?]>([
    ['where TERM is dumb', [], { TERM: 'dumb' }],
    ['where TERM is not known', [], {}, ['env', '-u', 'TERM', ...program]],
    ['with --screen-reader', ['run', '--screen-reader'], {}],
    ['with INK_SCREEN_READER', [], { INK_SCREEN_READER: 'true' }],
  ])('%s', async (_, args, env, command) => {
    await using me = newcomer({
      LANGINFRA_AUTO_LOGIN: 'False',
      LANGINFRA_SUPERUSER: 'root',
      LANGINFRA_SUPERUSER_PASSWORD: good,
    });
    await using ui = me.terminal(args, { rows: 100, env, ...(command && { command }) });
    await visit(ui);
    expect(ui.bytes()).toMatch(onlyText);
    expect(ui.bytes()).not.toContain(good);
  });

  test('but drawn elsewhere, and without colour where NO_COLOR is set', async () => {
    await using me = newcomer({ LANGINFRA_AUTO_LOGIN: 'True', NO_COLOR: '1' });
    await using ui = me.terminal(['run', '--ascii']);
    await ui.sees(/^ Langinfra > Admin Page/, '> langinfra automatic', '[x]');
    ui.type('q');
    expect(await ui.ended).toEqual({ code: 0, signal: 0 });
    expect(ui.bytes()).toMatch(/\x1b\[7m/);
    expect(ui.bytes()).not.toMatch(/\x1b\[(?:3|4|9|10)\d(?:;[\d;]*)?m|[^\x00-\x7f]/);
  });
});
