import type { Actor } from '../accounts/actor.ts';
import type { Changed } from '../accounts/change-user.ts';
import type { User } from '../store/users.ts';
import { printable } from '../text.ts';
import { asCommand } from './as-command.ts';
import type { Console } from './console.ts';
import { type FormItem, fieldOf, typedTwice } from './form.ts';
import { openFormDialog } from './form-dialog.tsx';
import { mayLetIn } from './let-in.ts';
import { passwordHelp } from './password-help.ts';
import { changedParts, changeOrAsk, editOptions } from './stale-edit.ts';

export const username = (initial = ''): FormItem => ({
  kind: 'text',
  name: 'username',
  label: 'Username',
  initial,
});
export const masked = (name: string, label: string): FormItem => ({
  kind: 'text',
  name,
  label,
  masked: true,
});
export const currentPassword = masked('current', 'Current Password');
export const passwordTwice = [masked('password', 'Password'), masked('confirm', 'Confirm Password')];
const flags = (user: Pick<User, 'isActive' | 'isSuperuser'>): FormItem[] => [
  { kind: 'checkbox', name: 'active', label: 'Active', initial: user.isActive },
  { kind: 'checkbox', name: 'superuser', label: 'Superuser', initial: user.isSuperuser },
];
/** Whether the user has to choose another password before anything else. */
const mustChange = (initial: boolean): FormItem => ({
  kind: 'checkbox',
  name: 'mustChange',
  label: 'Must change password',
  initial,
});
export const saveOrCancel: FormItem[] = [
  { kind: 'button', name: 'save', label: 'Save' },
  { kind: 'button', name: 'cancel', label: 'Cancel' },
];

export const openNewUser = (console: Console, actor: Actor, saved: (user: User) => Promise<void>): void =>
  openFormDialog(console, {
    title: 'New User',
    items: [
      username(),
      ...passwordTwice,
      ...flags({ isActive: console.accounts.settings.newUserIsActive, isSuperuser: false }),
      mustChange(false),
      ...saveOrCancel,
    ],
    busyText: 'Saving...',
    itemOf: fieldOf,
    ...passwordHelp(console, text => text('username')),
    submit: async values => {
      const account = {
        username: values.text('username'),
        password: typedTwice(values),
        isActive: values.flag('active'),
        isSuperuser: values.flag('superuser'),
        mustChangePassword: values.flag('mustChange'),
      };
      const command = asCommand(console, 'add', {
        names: [account.username],
        options: [
          '--active',
          ...(account.isSuperuser ? ['--superuser'] : []),
          ...(account.mustChangePassword ? ['--must-change'] : []),
        ],
      });
      if (account.isActive && !(await mayLetIn(console, actor, account, command))) return 'stay';
      return saved(await console.accounts.users.create(actor, account));
    },
  });

/** Saves only what was changed in the form, so that it stands beside what others change. */
export const openEditUser = (
  console: Console,
  actor: Actor,
  before: User,
  saved: (done: Changed) => void,
): void =>
  openFormDialog(console, {
    title: 'Edit User',
    items: [username(before.username), ...flags(before), ...saveOrCancel],
    busyText: 'Saving...',
    itemOf: fieldOf,
    submit: async values => {
      const given = {
        username: values.text('username'),
        isActive: values.flag('active'),
        isSuperuser: values.flag('superuser'),
      };
      const edit = changedParts(before, given);
      const asNow = { id: before.id, username: given.username };
      const command = asCommand(console, 'edit', { names: [before.username], options: editOptions(edit) });
      if (edit.isActive && !(await mayLetIn(console, actor, asNow, command))) return 'stay';
      const done = await changeOrAsk(console, actor, { before, edit });
      if (!done) return 'stay';
      return saved(done);
    },
  });

export const openResetPassword = (
  console: Console,
  actor: Actor,
  user: User,
  saved: (done: Changed) => Promise<void>,
): void =>
  openFormDialog(console, {
    title: 'Reset Password',
    about: `${printable(user.username)} gets a new password, and all its sessions end.`,
    items: [...passwordTwice, mustChange(true), ...saveOrCancel],
    busyText: 'Saving...',
    itemOf: fieldOf,
    ...passwordHelp(console, () => user.username),
    submit: async values => {
      const edit = { password: typedTwice(values), mustChangePassword: values.flag('mustChange') };
      const done = await changeOrAsk(console, actor, { before: user, edit });
      return done ? saved(done) : 'stay';
    },
  });

export const openChangePassword = (console: Console, actor: Actor): void =>
  openFormDialog(console, {
    title: 'Change Password',
    items: [currentPassword, ...passwordTwice, ...saveOrCancel],
    busyText: 'Saving...',
    itemOf: fieldOf,
    ...passwordHelp(console, () => console.signedIn.get()?.user.username ?? ''),
    submit: async values => {
      await console.accounts.changeOwnPassword(actor, {
        current: values.text('current'),
        next: typedTwice(values),
      });
      sayPasswordChanged(console);
    },
  });

export const sayPasswordChanged = (console: Console): void =>
  console.say({ kind: 'done', text: 'Your password was changed; your other sessions have ended' });
