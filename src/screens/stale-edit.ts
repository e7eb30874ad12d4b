import type { Actor } from '../accounts/actor.ts';
import type { UserEdit } from '../accounts/apply-edit.ts';
import type { Changed } from '../accounts/change-user.ts';
import { differencesOf } from '../accounts/stale.ts';
import { Refusal } from '../refusal.ts';
import type { User } from '../store/users.ts';
import { named } from '../text.ts';
import { asCommand } from './as-command.ts';
import { openConfirm } from './confirm.tsx';
import type { Console } from './console.ts';

/** What a form may have changed. */
type Parts = Pick<UserEdit, 'username' | 'isActive' | 'isSuperuser'>;
/** The password is a form of its own. */
type Edit = Parts | { password: string; mustChangePassword: boolean };

const labels = { username: 'Username', isActive: 'Active', isSuperuser: 'Superuser' } as const;
const parts = Object.keys(labels) as (keyof typeof labels)[];

/** Of what a form holds, only what is not as it was. */
export const changedParts = (before: User, given: Parts): Parts =>
  Object.fromEntries(parts.filter(part => given[part] !== before[part]).map(part => [part, given[part]]));

const valueText = (value: string | boolean | undefined): string =>
  typeof value === 'string' ? named(value) : value ? 'yes' : 'no';

const changeText = (before: User, edit: Edit): string =>
  'password' in edit
    ? 'a new password'
    : parts
        .filter(part => edit[part] !== undefined)
        .map(part => `${labels[part]} from ${valueText(before[part])} to ${valueText(edit[part])}`)
        .join(', ');

/**
 * Makes an edit. Where somebody else has changed the user meanwhile, shows both values of what is different and asks
 * whether to make it all the same; gives nothing where the answer is no.
 */
export const changeOrAsk = async (
  console: Console,
  actor: Actor,
  { before, edit }: { before: User; edit: Edit },
): Promise<Changed | undefined> => {
  const { users } = console.accounts;
  for (let seen = before; ; ) {
    try {
      return await users.edit(actor, before.id, edit, seen);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'stale_change') throw error;
    }
    const { user: now } = await users.details(actor, before.id);
    if (!(await asked(console, { before, now, edit }))) return undefined;
    seen = now;
  }
};

/** An edit as the options of `users edit`. */
export const editOptions = ({ username, isActive, isSuperuser }: Parts): string[] => [
  ...(username === undefined ? [] : [`--username=${username}`]),
  ...(isActive === undefined ? [] : [isActive ? '--active' : '--no-active']),
  ...(isSuperuser === undefined ? [] : [isSuperuser ? '--superuser' : '--no-superuser']),
];

const commandOf = (console: Console, { username }: User, edit: Edit): string | undefined =>
  'password' in edit
    ? asCommand(console, 'passwd', {
        names: [username],
        options: edit.mustChangePassword ? [] : ['--no-must-change'],
      })
    : asCommand(console, 'edit', { names: [username], options: editOptions(edit) });

const asked = (
  console: Console,
  { before, now, edit }: { before: User; now: User; edit: Edit },
): Promise<boolean> =>
  new Promise(resolve => {
    openConfirm(console, {
      title: 'Changed Meanwhile',
      lines: [
        `Somebody else changed ${named(now.username)}: ${differencesOf(before, now).join(', ')}.`,
        `Your change: ${changeText(before, edit)}.`,
        '',
        'Save makes your change to the user as it is now.',
      ],
      yes: 'Save',
      command: commandOf(console, now, edit),
      confirmed: () => resolve(true),
      declined: () => resolve(false),
    });
  });
