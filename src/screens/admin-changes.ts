import type { Actor } from '../accounts/actor.ts';
import type { Changed } from '../accounts/change-user.ts';
import type { Wish } from '../accounts/guards.ts';
import { keysStay } from '../accounts/ssh-key-words.ts';
import { unlockedSentence } from '../accounts/unlock.ts';
import { isUnavailable, wordsOf } from '../refusal.ts';
import type { User } from '../store/users.ts';
import { named, printable } from '../text.ts';
import { asCommand } from './as-command.ts';
import { openConfirm } from './confirm.tsx';
import type { Console } from './console.ts';
import { askToLetIn } from './let-in.ts';
import { openEditUser, openNewUser, openResetPassword } from './user-forms.ts';
import type { UserList } from './user-list.ts';
import type { Flag } from './user-table.tsx';

export type AdminChanges = ReturnType<typeof createAdminChanges>;

/** Who presses a key and sees nothing for so long, in milliseconds, is told what is waited for. */
const patience = 300;

const said: Record<Flag, (name: string, flag: boolean) => string> = {
  isActive: (name, flag) => `${name} is ${flag ? 'active now' : 'not active any more'}`,
  isSuperuser: (name, flag) => `${name} is ${flag ? 'a superuser now' : 'no superuser any more'}`,
};
const saidAlready: typeof said = {
  isActive: (name, flag) => `${name} is ${flag ? 'active' : 'not active'} already`,
  isSuperuser: (name, flag) => `${name} is ${flag ? 'a superuser' : 'no superuser'} already`,
};

/** Whether it was this change that wrote, and not somebody else who had done the same before. */
const hasWritten = ({ before, after }: Changed): boolean => before.version !== after.version;

/** What can be done with a user from the page and from its details. */
export type UserAction = Flag | 'edit' | 'resetPassword' | 'resetSecondStep' | 'remove';

export const wishes: Record<UserAction, (user: User) => Wish> = {
  isActive: user => (user.isActive ? 'deactivate' : 'activate'),
  isSuperuser: user => (user.isSuperuser ? 'demote' : 'promote'),
  edit: () => 'edit',
  resetPassword: () => 'reset password',
  resetSecondStep: () => 'reset one-time codes',
  remove: () => 'delete',
};

export type AdminChangesOptions = {
  console: Console;
  actor: Actor;
  list: UserList;
  /** Takes away what may hide a user: the search and the filter. */
  showAll: () => void;
};

/** What a superuser changes from the Admin Page. Each is one call of a rule, and the screen shows its answer. */
export const createAdminChanges = ({ console, actor, list, showAll }: AdminChangesOptions) => {
  const { users } = console.accounts;
  /** One change after the other: the second press of a key sees what the first one did. */
  let queue: Promise<void> | undefined;
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const waiting = setTimeout(
      () => console.say({ kind: 'note', text: 'Waiting for the database...' }),
      patience,
    );
    const turn = (queue ?? Promise.resolve())
      .then(() => console.attempt(work))
      .finally(() => {
        clearTimeout(waiting);
        if (queue === turn) queue = undefined;
      });
    queue = turn;
    return turn;
  };
  /** Sets what differs back through the same rule; refused where somebody changed the user since. */
  const undoOf = (done: Changed) => async (): Promise<boolean> => {
    let isBusy = false;
    await inTurn(async () => {
      const undone = await users.undo(actor, done).catch(error => {
        isBusy = isUnavailable(error);
        throw error;
      });
      list.show(undone.after);
      const text = hasWritten(undone)
        ? `Undone: ${named(undone.after.username)} is as before`
        : 'Nothing had to be undone: somebody else did it';
      console.say({ kind: 'done', text });
    });
    return !isBusy;
  };
  /** What somebody else had done already is nobody's to undo here. */
  const tell = (done: Changed, text: string, already: string): void => {
    list.show(done.after);
    if (hasWritten(done)) console.say({ kind: 'done', text: doubtful(text, done), undo: undoOf(done) });
    else console.say({ kind: 'done', text: already });
  };
  /** Where somebody is let in whose name mixes scripts, that is said too. */
  const doubtful = (text: string, { before, after }: { before?: User; after: User }): string => {
    const isLetIn =
      (after.isActive && !before?.isActive) || (after.isSuperuser && before?.isSuperuser === false);
    return isLetIn && console.accounts.doubtOf(after.username) ? `${text}; the name mixes scripts` : text;
  };

  return {
    /** Why something cannot be done with a user, in words. */
    whyNot: (user: User, action: UserAction): string | undefined => {
      const now = list.latest(user);
      const reason = users.whyNot(actor, now, wishes[action](now));
      return reason && wordsOf(reason);
    },

    /** Runs until every change was answered: before that, `u` would undo an older one. */
    settling: (): Promise<void> | undefined => queue,

    /** Sets the flag to the other value than the store is known to hold. Never shown before the store says so. */
    toggle: (user: User, flag: Flag): void =>
      void inTurn(async () => {
        const seen = list.latest(user);
        const setFlag = async (): Promise<void> => {
          const done = await users.edit(actor, seen.id, { [flag]: !seen[flag] }, seen);
          const now = [named(done.after.username), done.after[flag]] as const;
          tell(done, said[flag](...now), saidAlready[flag](...now));
        };
        const isLetIn = flag === 'isActive' && !seen.isActive;
        const doubts = isLetIn ? await users.doubts(actor, seen) : [];
        if (doubts.length === 0) return setFlag();
        askToLetIn(console, seen, doubts, { confirmed: () => void inTurn(setFlag) });
      }),

    add: (): void =>
      openNewUser(console, actor, async user => {
        if (!(await list.goTo(user.id))) {
          showAll();
          await list.goTo(user.id);
        }
        console.say({ kind: 'done', text: doubtful(`${named(user.username)} was added`, { after: user }) });
      }),

    edit: (user: User): void => {
      const seen = list.latest(user);
      openEditUser(console, actor, seen, done => {
        const name = named(done.after.username);
        const meanwhile = done.after.version === seen.version ? '' : `: ${name} is so already`;
        tell(done, `${name} was changed`, `Nothing had to be changed${meanwhile}`);
      });
    },

    resetPassword: (user: User): void =>
      openResetPassword(console, actor, list.latest(user), async ({ after }) => {
        list.show(after);
        const stay = keysStay(await console.accounts.sshKeys.list(actor, after.id));
        const text = `${named(after.username)} has a new password; its sessions have ended${stay}`;
        console.say({ kind: 'done', text });
      }),

    resetSecondStep: (user: User): void => {
      const { id, username } = list.latest(user);
      openConfirm(console, {
        title: 'Reset One-Time Codes',
        lines: [
          printable(username),
          '',
          'The password alone is enough then, and all sessions of the user end.',
        ],
        yes: 'Reset',
        command: asCommand(console, 'mfa reset', { names: [username] }),
        confirmed: () =>
          void inTurn(async () => {
            await console.accounts.secondStep.reset(actor, id);
            console.say({ kind: 'done', text: `The one-time codes of ${named(username)} are gone` });
          }),
      });
    },

    unlock: (user: User): void =>
      void inTurn(async () => {
        const unlocked = await users.unlock(actor, user.id);
        const text = unlockedSentence(named(unlocked.user.username), unlocked);
        console.say({ kind: 'done', text });
      }),

    remove: (user: User): void => {
      // What the question is about: whoever changes the user while it is asked is not overruled.
      const seen = list.latest(user);
      openConfirm(console, {
        title: 'Delete User',
        lines: [
          printable(user.username),
          '',
          'The user, its folders and its sessions go.',
          'A deletion cannot be undone.',
        ],
        yes: 'Delete',
        command: asCommand(console, 'delete', { names: [seen.username] }),
        confirmed: () =>
          void inTurn(() =>
            list.changing(
              ({ id }) => id === user.id,
              async () => {
                await users.remove(actor, user.id, seen);
                console.say({ kind: 'done', text: `${named(user.username)} was deleted` });
                await list.refresh();
              },
            ),
          ),
      });
    },
  };
};
