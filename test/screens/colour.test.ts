import chalk from 'chalk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAdminPage } from '../support/screens.ts';

const colour = /\x1b\[(?:3|4|9|10)\d(?:;[\d;]*)?m/;
const { level } = chalk;

afterEach(() => {
  chalk.level = level;
});

describe.each([0, 1, 3] as const)('without colour, as NO_COLOR asks, where chalk stands at %i', at => {
  beforeEach(() => {
    chalk.level = at;
  });

  test('no colour is sent, and bold and inverse still show what is chosen', async () => {
    await using page = await openAdminPage({ users: ['ada'], colourless: true });
    const { ui } = page;
    await ui.press('a', 'd');
    await ui.sees('Delete User');
    await ui.until(ui.inverse).toContain('[ Cancel ]');
    await ui.press('n', 'n');
    await ui.sees('New User');
    expect(ui.bytes()).not.toMatch(colour);
    expect(ui.bytes()).toContain('\x1b[7m');
    expect(ui.bytes()).toContain('\x1b[1m');
  });
});

test('with colour only the sixteen of the terminal itself are sent, and what is chosen is inverse', async () => {
  chalk.level = 3;
  await using page = await openAdminPage({ users: ['ada'], colourless: false });
  const { ui } = page;
  await ui.press('a', 'd');
  await ui.until(ui.inverse).toContain('[ Cancel ]');
  expect(ui.bytes()).toMatch(colour);
  expect(ui.bytes()).not.toMatch(/\x1b\[[34]8[;:]/);
});
