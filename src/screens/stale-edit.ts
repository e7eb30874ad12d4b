import type { Actor } from '../accounts/actor.ts';
import type { UserEdit } from '../accounts/apply-edit.ts';
import { differencesOf } from '../accounts/stale.ts';
import { Refusal } from '../refusal.ts';
import type { User } from '../store/users.ts';
import { named } from '../text.ts';
import { asCommand } from './as-command.ts';
import { openConfirm } from './confirm.tsx';
import type { Console } from './console.ts';

/** What a form may have changed. */
type Parts = Pick<UserEdit, 'username' | 'isActive' | 'isSuperuser'>;

const labels = { username: 'Username', isActive: 'Active', isSuperuser: 'Superuser' } as const;
const parts = Object.keys(labels) as (keyof typeof labels)[];

/** Of what a form holds, only what is not as it was. */
export const changedParts = (before: User, given: Parts): Parts =>
  Object.fromEntries(parts.filter(part => given[part] !== before[part]).map(part => [part, given[part]]));

const valueText = (value: string | boolean | undefined): string =>
  typeof value === 'string' ? named(value) : value ? 'yes' : 'no';

const changeText = (before: User, edit: Parts): string =>
  parts
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
  { before, edit }: { before: User; edit: Parts },
): Promise<{ before: User; after: User } | undefined> => {
  const { users } = console.accounts;
  for (let seen = before; ; ) {
    try {
      return { before: seen, after: await users.change(actor, before.id, edit, seen) };
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

const asked = (
  console: Console,
  { before, now, edit }: { before: User; now: User; edit: Parts },
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
      command: asCommand(console, 'edit', { names: [now.username], options: editOptions(edit) }),
      confirmed: () => resolve(true),
      declined: () => resolve(false),
    });
  });
