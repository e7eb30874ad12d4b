import { Box, Text } from 'ink';
import { expect, test } from 'vitest';
import { Dialog } from '../../src/screens/dialog.tsx';
import { keys } from '../support/console.tsx';
import { numbered, openAdminPage, renderAt } from '../support/screens.ts';

test('a dialog hides what is behind it, inside its padding and between its words too', () => {
  const size = { columns: 40, rows: 11 };
  const { lastFrame } = renderAt(
    size,
    <Box width={size.columns} height={size.rows} flexDirection="column">
      {Array.from({ length: size.rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows that are all the same
        <Text key={row}>{'#'.repeat(size.columns)}</Text>
      ))}
      <Dialog size={size} title="New User" lines={3}>
        <Text>{'two   words'}</Text>
      </Dialog>
    </Box>,
  );
  expect(lastFrame()).toMatchInlineSnapshot(`
    "########################################
    ##╭──────────────────────────────────╮##
    ##│ New User                         │##
    ##│                                  │##
    ##│ two   words                      │##
    ##│                                  │##
    ##│                                  │##
    ##╰──────────────────────────────────╯##
    ########################################
    ########################################
    ########################################"
  `);
});

test('and when it closes everything is there again', async () => {
  await using page = await openAdminPage({ listed: numbered(40) });
  const { ui } = page;
  await ui.sees(' 1 of 41');
  await ui.press('j');
  await ui.sees(' 2 of 41');
  const before = ui.screen();
  for (const [key, there] of [
    ['n', 'New User'],
    ['d', 'Delete User'],
    ['?', 'Type to search'],
    ['m', 'Sign out'],
  ] as const) {
    await ui.press(key);
    await ui.sees(there);
    const inside = ui.lines().flatMap(line => /│(.*)│/.exec(line)?.[1] ?? []);
    expect(inside.length).toBeGreaterThanOrEqual(5);
    expect(inside.join('\n')).not.toMatch(/user0(?!01)/);
    await ui.press('\x1b');
    await ui.until(ui.screen).toBe(before);
  }
});

test('a long name never hides what a dialog says or asks', async () => {
  const name = '日本 '.repeat(21).trim();
  await using page = await openAdminPage({ listed: [name, 'x'.repeat(64)] });
  const { ui } = page;
  /** What stands in the dialog, as one text. */
  const said = () =>
    ui
      .lines()
      .flatMap(line => /│ (.*) │/.exec(line)?.[1] ?? [])
      .join('')
      .replaceAll(' ', '');
  for (const whole of ['x'.repeat(64), name.replaceAll(' ', '')]) {
    await ui.press('j', 'd');
    await ui.until(said).toContain('DeleteUser');
    expect(said()).toContain(`${whole}Theuser,itsfoldersanditssessionsgo.`);
    expect(said()).toContain('[Cancel][Delete]');
    await ui.press('n', 'p');
    await ui.until(said).toContain(`${whole}getsanewpassword,andallitssessionsend.`);
    expect(said()).toContain('[Save][Cancel]');
    await ui.press(keys.esc, 'w');
    await ui.until(said).toContain(`Signingin${whole}cannotsignin:ithasnopassword.`);
    await ui.press('q', keys.enter);
    await ui.until(said).toMatch(/Version1/);
    expect(said()).toContain(`${whole}cannotsignin:ithasnopassword.`);
    await ui.press('q');
  }
});

test('what is longer than the screen is cut at its end, and no line before that is missing', async () => {
  await using page = await openAdminPage({ listed: ['x'.repeat(2000)] });
  const { ui } = page;
  await ui.press('G', keys.enter);
  await ui.sees('Version');
  for (const label of ['Active', 'Superuser', 'Created', 'Updated', 'Last login', 'Id', 'Version'])
    expect(ui.screen()).toMatch(new RegExp(`│ ${label} +\\S`));
  expect(ui.lines()).toHaveLength(24);
  expect(ui.lines()[0]).toMatch(/^ Langinf/);
});
