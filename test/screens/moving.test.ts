import { describe, expect, test } from 'vitest';
import { keys } from '../support/console.tsx';
import { numbered, openAdminPage } from '../support/screens.ts';

/** root and user001 to user299: 19 of them fit on the screen. */
const with300 = () => openAdminPage({ listed: numbered(299) });

describe('on a list of 300 users', () => {
  test('each key moves the cursor, and position and total go with it', async () => {
    await using page = await with300();
    const { ui } = page;
    const moves: [key: string, to: string, position: number][] = [
      [keys.down, 'user001', 2],
      ['j', 'user002', 3],
      [keys.up, 'user001', 2],
      ['k', 'root', 1],
      [keys.pageDown, 'user019', 20],
      [keys.ctrl('d'), 'user038', 39],
      [keys.pageUp, 'user019', 20],
      [keys.ctrl('u'), 'root', 1],
      [keys.end, 'user299', 300],
      [keys.home, 'root', 1],
      ['G', 'user299', 300],
      ['k', 'user298', 299],
      [keys.pageUp, 'user279', 280],
      ['g', 'root', 1],
    ];
    for (const [key, to, position] of moves) {
      await ui.press(key);
      await ui.sees(`› ${to} `);
      await ui.sees(` ${position} of 300`);
    }
  });

  test('the cursor stays at the ends', async () => {
    await using page = await openAdminPage({ listed: numbered(29) });
    const { ui } = page;
    await ui.press('k', keys.pageUp, 'k');
    await ui.sees('› root ');
    await ui.press('G', 'j', keys.pageDown, 'j');
    await ui.sees('› user029 ');
    await ui.sees(' 30 of 30');
  });

  test('many keys in one read lead to the same user as slow ones', async () => {
    await using page = await with300();
    const { ui } = page;
    const bursts: [burst: string, to: string][] = [
      ['j'.repeat(297), 'user297'],
      [`Gg${keys.pageDown.repeat(12)}`, 'user228'],
      [`Gg${'j'.repeat(250)}${'k'.repeat(240)}`, 'user010'],
    ];
    for (const [burst, to] of bursts) {
      ui.burst(burst);
      await ui.sees(`› ${to} `);
      await ui.sees(` ${Number(to.slice(4)) + 1} of 300`);
    }
  });

  test('keys that go just beyond what was read lead to the same user as slow ones', async () => {
    await using page = await with300();
    const { ui } = page;
    // Coming from the end, the first 57 users are held: three screens.
    for (let keysPressed = 52; keysPressed < 62; keysPressed += 1) {
      ui.burst('Gg', 'j'.repeat(keysPressed));
      await ui.sees(`› user0${keysPressed} `);
    }
  });

  test('paging through shows every user once, in order', async () => {
    await using page = await with300();
    const { ui } = page;
    const seen = new Set<string>();
    for (let position = 1; position < 300; position = Math.min(300, position + 19)) {
      await ui.sees(position === 1 ? '› root ' : `› user${String(position - 1).padStart(3, '0')} `);
      for (const [name] of ui.screen().matchAll(/user\d+/g)) seen.add(name);
      await ui.press(keys.pageDown);
    }
    await ui.sees('› user299 ');
    for (const [name] of ui.screen().matchAll(/user\d+/g)) seen.add(name);
    expect([...seen]).toEqual(numbered(299));
  });
});

describe('the cell that space toggles', () => {
  test('left and right choose it, h and l too; it shows without colour', async () => {
    await using page = await openAdminPage({ users: ['ada'] });
    const { ui } = page;
    // The chosen row is inverse but for the chosen cell.
    const chosenAt = () => {
      const [before = ''] = ui.inverse();
      return before.length;
    };
    const [active, superuser] = ui.columnsOf('› ada', '[');
    expect(chosenAt()).toBe(active);
    await ui.press(keys.right);
    await ui.until(chosenAt).toBe(superuser);
    await ui.press(keys.right, keys.left);
    await ui.until(chosenAt).toBe(active);
    await ui.press('l');
    await ui.until(chosenAt).toBe(superuser);
    await ui.press('h');
    await ui.until(chosenAt).toBe(active);
  });
});
