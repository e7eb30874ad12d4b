import { describe, expect, test } from 'vitest';
import { usual } from '../support/accounts.ts';
import { keys } from '../support/console.tsx';
import { openAdminFrames, openFrames, threeUsers } from './frames.tsx';

const { enter, up } = keys;

describe('the screens', () => {
  test('Login', async () => {
    await using ui = await openFrames({ before: threeUsers, notices: ['The superuser root was created'] });
    ui.type('root', enter, 'wrong horse', enter);
    expect(await ui.frame('Incorrect')).toMatchInlineSnapshot(`
      "
      (4 empty lines)
                Langinfra

                  Username          root

                › Password
                  Incorrect username or password

                  [ Sign in ]
      (8 empty lines)
       The superuser root was created

       tab next  shift-tab before  enter sign in  ctrl-c quit"
    `);
  });

  test('Login and Sign up, where people may', async () => {
    await using ui = await openFrames({ before: threeUsers, settings: { enableSignup: true } });
    expect(await ui.frame('Sign up')).toMatchInlineSnapshot(`
      "
      (5 empty lines)
                Langinfra

                › Username

                  Password


                  [ Sign in ]  [ Sign up ]
      (9 empty lines)
       tab next  shift-tab before  enter sign in  ctrl-c quit"
    `);
    ui.type(up);
    ui.type(enter);
    await ui.frame('Confirm');
    ui.type('ada', enter, 'short', enter, 'short', enter, enter);
    expect(await ui.frame('at least')).toMatchInlineSnapshot(`
      "
      (3 empty lines)
                Sign up

                Before you can sign in, a superuser activates the account.

                  Username          ada

                › Password          •••••
                  A password has at least 8 characters
                  Confirm Password  •••••


                  [ Save ]  [ Cancel ]
      (7 empty lines)
       tab next  ctrl-g make a password  ctrl-s save  esc back  ctrl-c quit"
    `);
  });

  test('First Superuser', async () => {
    await using ui = await openFrames();
    expect(await ui.frame('First Superuser')).toMatchInlineSnapshot(`
      "
      (3 empty lines)
                First Superuser

                There is no superuser yet. Make the first one:

                › Username

                  Password

                  Confirm Password


                  [ Save ]
      (7 empty lines)
       tab next  shift-tab before  ctrl-g make a password  ctrl-s save  ctrl-c quit"
    `);
  });

  test('Admin Page', async () => {
    await using ui = await openAdminFrames();
    ui.type('a');
    expect(await ui.frame('u undoes it')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               1 of 3
        Username↑                                  Active  Superuser  Created
      › ada waits 15 d                              [ ]       [ ]     2026-02-14 08:30
        bob waits 15 d                              [ ]       [ ]     2026-02-14 08:30
        root                                        [x]       [x]     2026-03-01 10:00
      (16 empty lines)
       ada is not active any more · u undoes it
       enter details  a active  s superuser  n new  / search  m menu  ? help  q quit"
    `);
  });

  test('Admin Page of the automatic account', async () => {
    await using ui = await openFrames({
      settings: { autoLogin: true },
      before: t => t.accounts.bootstrap.prepare(undefined),
    });
    expect(await ui.frame('1 of 1')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                    langinfra · superuser · times in UTC
       Automatic sign-in is on. To turn it off, start with LANGINFRA_AUTO_LOGIN=False
                                                                               1 of 1
        Username↑                                  Active  Superuser  Created
      › langinfra automatic                         [x]       [x]     2026-03-01 10:00
      (18 empty lines)
       enter details  a active  s superuser  n new  / search  m menu  ? help  q quit"
    `);
  });

  test('Admin Page of the automatic account over SSH', async () => {
    await using ui = await openFrames({
      settings: { autoLogin: true },
      before: t => t.accounts.bootstrap.prepare(undefined),
      overSsh: true,
      notices: ['LANGINFRA_SUPERUSER has no effect', 'another'],
    });
    expect(await ui.frame('1 of 1')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                    langinfra · superuser · times in UTC
       Automatic sign-in is on. To turn it off, start with LANGINFRA_AUTO_LOGIN=False
       Over SSH that means: whoever can open this session is a superuser.
                                                                               1 of 1
        Username↑                                  Active  Superuser  Created
      › langinfra automatic                         [x]       [x]     2026-03-01 10:00
      (16 empty lines)
       Note: LANGINFRA_SUPERUSER has no effect (langinfra config shows 1 more)
       enter details  a active  s superuser  n new  / search  m menu  ? help  q quit"
    `);
  });

  test('Admin Page while a search is typed', async () => {
    await using ui = await openAdminFrames();
    ui.type('/bo');
    expect(await ui.frame('1 of 1')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
       /bo                                                                     1 of 1
        Username↑                                  Active  Superuser  Created
      › bob waits 15 d                              [ ]       [ ]     2026-02-14 08:30
      (19 empty lines)
       enter keep  esc clear"
    `);
  });

  test('Admin Page on a wide terminal', async () => {
    await using ui = await openAdminFrames({ size: { columns: 100, rows: 24 } });
    ui.type('oooO');
    expect(await ui.frame(/3 of 3[\s\S]*Last login↓/)).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                                             root · superuser · times in UTC
                                                                                                   3 of 3
        Username                   Active  Superuser  Created           Updated           Last login↓
        root                        [x]       [x]     2026-03-01 10:00  2026-03-01 10:00  2026-03-01 10:00
        bob waits 15 d              [ ]       [ ]     2026-02-14 08:30  2026-02-14 08:30  never
      › ada                         [x]       [ ]     2026-02-14 08:30  2026-02-14 08:30  never
      (17 empty lines)
       enter details  a active  s superuser  n new  / search  m menu  e edit  d delete  ? help  q quit"
    `);
  });

  test('Profile of an ordinary user', async () => {
    await using ui = await openFrames({
      before: async t => {
        await t.add('root', { isSuperuser: true });
        await t.add('eve');
      },
    });
    ui.type('eve', enter, usual, enter);
    expect(await ui.frame('Second step')).toMatchInlineSnapshot(`
      " Langinfra › Profile                                  eve · user · times in UTC

        Username    eve
        Active      yes
        Superuser   no
        Last login  2026-03-01 10:00 UTC

        › Change password
          SSH keys
          Sign out
      (13 empty lines)
       enter choose  m menu  ? help  q quit"
    `);
  });

  test('a terminal that is too small', async () => {
    await using ui = await openFrames({ size: { columns: 60, rows: 15 } });
    expect(await ui.frame('needs')).toMatchInlineSnapshot(`
      "Langinfra needs 80x24; this terminal is 60x15. q quits.
      (13 empty lines)
      "
    `);
  });

  test('Help, filtered', async () => {
    await using ui = await openAdminFrames();
    ui.type('?toggle');
    expect(await ui.frame('toggles')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
        ╭──────────────────────────────────────────────────────────────────────────╮3
        │ Help                                                                     │
      › │                                                                          │30
        │ Type to search: toggle                                                   │30
        │                                                                          │00
        │ › a                toggles Active                                        │
        │   s                toggles Superuser                                     │
        │   space            toggles the chosen cell                               │
        │                                                                          │
        │                                                                          │
        │ langinfra users deactivate ada                                           │
        │                                                                          │
        │                                                                          │
        │                                                                          │
        │                                                                          │
        │                                                                          │
        │                                                                          │
        │                                                                          │
        │                                                                          │
        │                                                                          │
        ╰──────────────────────────────────────────────────────────────────────────╯

       enter do it  → as a command  esc close"
    `);
  });
});
