import { expect, test } from 'vitest';
import { good, newcomer } from '../support/program.ts';
import { keys } from '../support/pty.ts';

test('names that terminals draw wider than their letters leave the columns straight, also when a row changes', async () => {
  await using me = newcomer();
  await me.run(['superuser', '--username', 'root'], { input: good });
  // In the order of the list.
  const names = ['ada', 'क्षि देव', 'தமிழ்', 'น้ำ', '田中'];
  for (const name of names) await me.add(name);
  await using ui = me.terminal();
  await ui.sees('Admin Page', 'ada', 'langinfra automatic', '田中');
  /** In which cells the brackets of the flags stand, row by row. */
  const brackets = () =>
    ui.cells().flatMap(row => {
      const found = row.flatMap((character, x) => (character === '[' ? [x] : []));
      return found.length === 0 ? [] : [found.join()];
    });
  const straight = brackets();
  expect(straight).toHaveLength(7);
  expect(new Set(straight).size).toBe(1);
  ui.type('G', 'k', 'k', 'k');
  for (const name of names.slice(1)) {
    await ui.sees(`› ${name} `);
    ui.type('s');
    await ui.sees(`${name} is a superuser now`);
    expect(brackets()).toEqual(straight);
    ui.type('u');
    await ui.sees(`Undone: ${name} is as before`);
    expect(brackets()).toEqual(straight);
    ui.type('j');
  }
  ui.type(keys.ctrl('c'));
  expect(await ui.ended).toMatchObject({ code: 0 });
});
