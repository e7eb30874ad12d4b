import { describe, expect, test } from 'vitest';
import { keys } from '../support/console.tsx';
import { openAdminFrames } from './frames.tsx';

const { enter, tab, ctrl } = keys;

describe('the dialogs', () => {
  test('New User', async () => {
    await using ui = await openAdminFrames();
    ui.type('n', 'eve', tab, 'short', tab, 'short', tab, ' ', ctrl('s'));
    expect(await ui.frame('at least 8')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               1 of 3
        Userna╭──────────────────────────────────────────────────────────────╮
      › ada   │ New User                                                     │14 08:30
        bob wa│                                                              │14 08:30
        root  │   Username          eve                                      │01 10:00
              │                                                              │
              │ › Password          •••••                                    │
              │   A password has at least 8 characters                       │
              │   Confirm Password  •••••                                    │
              │                                                              │
              │   [x] Active                                                 │
              │   [ ] Superuser                                              │
              │   [ ] Must change password                                   │
              │                                                              │
              │   [ Save ]  [ Cancel ]                                       │
              │                                                              │
              │                                                              │
              │                                                              │
              ╰──────────────────────────────────────────────────────────────╯
      (3 empty lines)
       tab next  shift-tab before  ctrl-g make a password  ctrl-s save  esc cancel"
    `);
  });

  test('Edit User', async () => {
    await using ui = await openAdminFrames();
    ui.type('e', tab);
    expect(await ui.frame('› [x] Active')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               1 of 3
        Username↑                                  Active  Superuser  Created
      › ada                                         [x]       [ ]     2026-02-14 08:30
        bob waits 15 d                              [ ]       [ ]     2026-02-14 08:30
        root  ╭──────────────────────────────────────────────────────────────╮01 10:00
              │ Edit User                                                    │
              │                                                              │
              │   Username          ada                                      │
              │                                                              │
              │ › [x] Active                                                 │
              │   [ ] Superuser                                              │
              │                                                              │
              │   [ Save ]  [ Cancel ]                                       │
              │                                                              │
              │                                                              │
              │                                                              │
              ╰──────────────────────────────────────────────────────────────╯
      (5 empty lines)
       tab next  shift-tab before  ctrl-s save  esc cancel"
    `);
  });

  test('Reset Password', async () => {
    await using ui = await openAdminFrames();
    ui.type('p');
    expect(await ui.frame('Reset Password')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               1 of 3
        Username↑                                  Active  Superuser  Created
      › ada   ╭──────────────────────────────────────────────────────────────╮14 08:30
        bob wa│ Reset Password                                               │14 08:30
        root  │                                                              │01 10:00
              │ ada gets a new password, and all its sessions end.           │
              │                                                              │
              │ › Password                                                   │
              │                                                              │
              │   Confirm Password                                           │
              │                                                              │
              │   [x] Must change password                                   │
              │                                                              │
              │   [ Save ]  [ Cancel ]                                       │
              │                                                              │
              │                                                              │
              │                                                              │
              ╰──────────────────────────────────────────────────────────────╯
      (4 empty lines)
       tab next  shift-tab before  ctrl-g make a password  ctrl-s save  esc cancel"
    `);
  });

  test('Delete User', async () => {
    await using ui = await openAdminFrames();
    ui.type('d');
    expect(await ui.frame('Delete User')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               1 of 3
        Username↑                                  Active  Superuser  Created
      › ada                                         [x]       [ ]     2026-02-14 08:30
        bob waits 15 d                              [ ]       [ ]     2026-02-14 08:30
        root                                        [x]       [x]     2026-03-01 10:00
              ╭──────────────────────────────────────────────────────────────╮
              │ Delete User                                                  │
              │                                                              │
              │ ada                                                          │
              │                                                              │
              │ The user, its folders and its sessions go.                   │
              │ A deletion cannot be undone.                                 │
              │                                                              │
              │ [ Cancel ]  [ Delete ]                                       │
              ╰──────────────────────────────────────────────────────────────╯
      (7 empty lines)
       y yes  n no  enter choose  c command"
    `);
  });

  test('the details of a user', async () => {
    await using ui = await openAdminFrames();
    ui.type('j', enter);
    expect(await ui.frame('Version')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               2 of 3
        Userna╭──────────────────────────────────────────────────────────────╮
        ada   │ bob                                                          │14 08:30
      › bob wa│                                                              │14 08:30
        root  │ Active      no                                               │01 10:00
              │ Superuser   no                                               │
              │ Created     2026-02-14 08:30 UTC                             │
              │ Updated     2026-02-14 08:30 UTC                             │
              │ Last login  never                                            │
              │ Id          0b0b0b0b-0b0b-0b0b-0b0b-0b0b0b0b0b0b             │
              │ Version     1                                                │
              │ Folders     none                                             │
              │ Sessions    none                                             │
              │ Second step none                                             │
              │ API keys    none                                             │
              │                                                              │
              │ bob cannot sign in: the account waits for approval since     │
              │ 2026-02-14 08:30 UTC.                                        │
              ╰──────────────────────────────────────────────────────────────╯
      (3 empty lines)
       e edit  p password  d delete  y copy  h history  c command  esc back  ? help"
    `);
  });

  test('the profile menu', async () => {
    await using ui = await openAdminFrames();
    ui.type('m');
    expect(await ui.frame('Sign out')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               1 of 3
        Username↑                                  Active  Superuser  Created
      › ada                                         [x]       [ ]     2026-02-14 08:30
        bob waits 15 d                              [ ]       [ ]     2026-02-14 08:30
        root                                        [x]       [x]     2026-03-01 10:00
              ╭──────────────────────────────────────────────────────────────╮
              │ root                                                         │
              │                                                              │
              │ › Profile                                                    │
              │   Admin Page                                                 │
              │   Sessions                                                   │
              │   Audit                                                      │
              │   Lock                                                       │
              │   Sign out                                                   │
              ╰──────────────────────────────────────────────────────────────╯
      (7 empty lines)
       enter choose  esc close"
    `);
  });

  test('Change Password, over the Profile of a superuser', async () => {
    await using ui = await openAdminFrames();
    ui.type('m', enter);
    await ui.frame('Second step');
    ui.type(enter);
    expect(await ui.frame('Current Password')).toMatchInlineSnapshot(`
      " Langinfra › Profile                            root · superuser · times in UTC

        Username    root
        Active      yes
        Superu╭──────────────────────────────────────────────────────────────╮
        Last l│ Change Password                                              │
        Second│                                                              │
              │ › Current Password                                           │
        › Chan│                                                              │
          Set │   Password                                                   │
          Admi│                                                              │
          Sign│   Confirm Password                                           │
              │                                                              │
              │                                                              │
              │   [ Save ]  [ Cancel ]                                       │
              │                                                              │
              │                                                              │
              │                                                              │
              ╰──────────────────────────────────────────────────────────────╯
      (4 empty lines)
       tab next  shift-tab before  ctrl-g make a password  ctrl-s save  esc cancel"
    `);
  });

  test('why a user cannot sign in', async () => {
    await using ui = await openAdminFrames();
    ui.type('jw');
    expect(await ui.frame('Signing in')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                               2 of 3
        Username↑                                  Active  Superuser  Created
        ada                                         [x]       [ ]     2026-02-14 08:30
      › bob waits 15 d                              [ ]       [ ]     2026-02-14 08:30
        root                                        [x]       [x]     2026-03-01 10:00


              ╭──────────────────────────────────────────────────────────────╮
              │ Signing in                                                   │
              │                                                              │
              │ bob cannot sign in: the account waits for approval since     │
              │ 2026-02-14 08:30 UTC.                                        │
              ╰──────────────────────────────────────────────────────────────╯
      (9 empty lines)
       esc back"
    `);
  });

  test('the plan for marked users', async () => {
    await using ui = await openAdminFrames();
    ui.type('*a');
    expect(await ui.frame('Activate 3')).toMatchInlineSnapshot(`
      " Langinfra › Admin Page                         root · superuser · times in UTC
                                                                    3 marked · 1 of 3
        Username↑                                  Active  Superuser  Created
      ›*ada                                         [x]       [ ]     2026-02-14 08:30
       *bob waits 15 d                              [ ]       [ ]     2026-02-14 08:30
       *root                                        [x]       [x]     2026-03-01 10:00

              ╭──────────────────────────────────────────────────────────────╮
              │ Activate 3 Marked Users                                      │
              │                                                              │
              │ 1 to activate                                                │
              │ 2 already active                                             │
              │                                                              │
              │ [ Cancel ]  [ Activate ]                                     │
              ╰──────────────────────────────────────────────────────────────╯
      (8 empty lines)
       y yes  n no  enter choose  a the opposite  c command"
    `);
  });
});
