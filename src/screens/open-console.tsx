import type { Accounts } from '../accounts/accounts.ts';
import { doors } from '../accounts/doors.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal } from '../refusal.ts';
import { createAdminPage } from './admin-page.ts';
import { AdminPageView } from './admin-page-view.tsx';
import { createAuditLayer } from './audit-view.tsx';
import { type Console, createConsole, entryOf, type Host } from './console.ts';
import type { Layer, Size } from './layer.ts';
import { createFirstSuperuser, createLogin } from './login.ts';
import { openMenu } from './menu.tsx';
import type { Navigation } from './navigation.ts';
import { observable } from './observable.ts';
import { createProfile } from './profile.tsx';
import { createSessionsPage } from './sessions-page.ts';
import { SessionsView } from './sessions-view.tsx';
import { createSignUp } from './sign-up.ts';

export type OpenConsoleOptions = {
  accounts: Accounts;
  host: Host;
  size: Size;
  /** Sentences a person should read before signing in. */
  notices: readonly string[];
  /** Who has signed in already, at the door. */
  signedIn?: SignedIn | undefined;
};

const noSuperuser = 'There is no superuser yet. Make one on the server: langinfra superuser';

/** Longest time a timer of Node can wait, in milliseconds; a longer one would fire at once. */
const longestTimer = 2_147_483_647;

/**
 * One console: everything it shows and does, for one terminal. `start` reads what the first screen shows, so that the
 * first frame is whole.
 */
export const openConsole = ({ accounts, host, size, notices, signedIn: already }: OpenConsoleOptions) => {
  const { door, from } = entryOf(host);
  const rules = doors[door];
  const console: Console = createConsole({
    accounts,
    host,
    size,
    onSessionEnd: reason => void console.attempt(() => go.login(reason)),
  });

  const allNotices = observable(notices);
  /** Kept under the Profile, with its search, its order and its cursor. */
  let adminPage: Layer | undefined;
  const closeAbove = (layer: Layer): void => {
    const [above] = console.layers.get().slice(console.layers.get().indexOf(layer) + 1);
    if (above) console.close(above);
  };
  /** Opens a screen in the place of all others but the Admin Page. */
  const openOver = (screen: Layer): void => {
    if (adminPage) {
      closeAbove(adminPage);
      console.open(screen);
    } else console.show(screen);
  };
  const go: Navigation = {
    login: async reason => {
      if (!rules.signsInAgain)
        return host.quit(reason === undefined ? undefined : new Refusal('session_ended'));
      const isFirst = await accounts.users.needsFirstSuperuser();
      // Whoever signs in next may be somebody else: it is not for them, and not theirs to undo.
      console.messages.clear();
      adminPage = undefined;
      if (isFirst && !rules.makesFirstSuperuser) allNotices.set([noSuperuser]);
      console.show(
        isFirst && rules.makesFirstSuperuser
          ? createFirstSuperuser(console, go, allNotices)
          : createLogin(console, go, allNotices, reason),
      );
    },
    signUp: () => console.show(createSignUp(console, go, allNotices)),
    home: async () => {
      // What was to be read before signing in has been read.
      allNotices.set([]);
      return console.signedIn.get()?.user.isSuperuser ? go.adminPage() : go.profile();
    },
    adminPage: async () => {
      const signedIn = console.signedIn.get();
      if (!signedIn) return;
      if (adminPage) return closeAbove(adminPage);
      const page = createAdminPage(console, go, signedIn);
      await page.start();
      // The session may have ended while the users were read.
      if (console.signedIn.get()?.session.id !== signedIn.session.id) return page.close?.();
      adminPage = { ...page, view: now => <AdminPageView console={console} page={page} size={now} /> };
      console.show(adminPage);
    },
    profile: () => {
      const signedIn = console.signedIn.get();
      if (!signedIn) return;
      openOver(createProfile(console, go, signedIn));
    },
    sessions: () => {
      const signedIn = console.signedIn.get();
      if (!signedIn) return;
      const page = createSessionsPage(console, go, signedIn, () => void go.home());
      openOver({ ...page, view: now => <SessionsView console={console} page={page} size={now} /> });
    },
    audit: () => {
      const signedIn = console.signedIn.get();
      if (!signedIn) return;
      openOver(createAuditLayer({ console, go, signedIn, leave: () => void go.home() }));
    },
    menu: () => openMenu(console, go),
    signOut: async () => {
      const signedIn = console.signedIn.get();
      if (!signedIn) return;
      await console.attempt(async () => {
        await accounts.sessions.end(signedIn.session.id, from);
        console.signedIn.set(undefined);
        await go.login();
      });
    },
  };

  /** A session that somebody ended, or that is over, sends the console back to the login screen by itself. */
  const check = (): void => {
    const signedIn = console.signedIn.get();
    if (!signedIn) return;
    void console.attempt(async () => {
      const user = await accounts.sessions.current(signedIn.actor);
      const now = console.signedIn.get();
      const changed = user && user.version !== signedIn.user.version;
      if (changed && now === signedIn) console.signedIn.set({ ...signedIn, user });
    });
  };
  let ending: NodeJS.Timeout | undefined;
  const stops = [
    accounts.onChange(check),
    console.signedIn.subscribe(() => {
      clearTimeout(ending);
      const expiresAt = console.signedIn.get()?.session.expiresAt;
      if (!expiresAt) return;
      ending = setTimeout(
        check,
        Math.min(longestTimer, Date.parse(expiresAt) - accounts.clock().getTime() + 1),
      );
      ending.unref();
    }),
  ];

  return {
    console,
    start: async (): Promise<void> => {
      const signedIn = already ?? (await accounts.signInAutomatically(door, from));
      if (!signedIn) return go.login();
      console.signedIn.set(signedIn);
      await go.home();
      const [first] = notices;
      const others = notices.length > 1 ? ` (langinfra config shows ${notices.length - 1} more)` : '';
      if (first) console.say({ kind: 'note', text: `${first}${others}` });
    },
    /** Shows a sentence that a person should read: at once, and on the login screen. */
    notify: (notice: string): void => {
      if (!console.signedIn.get()) allNotices.update(all => [notice, ...all]);
      console.say({ kind: 'note', text: notice });
    },
    /** Ends everything the console started, and its session; one that was handed in is ended by whoever did that. */
    close: async (): Promise<void> => {
      clearTimeout(ending);
      for (const stop of stops) stop();
      console.dispose();
      const signedIn = console.signedIn.get();
      if (signedIn && signedIn.session.id !== already?.session.id)
        await accounts.sessions.end(signedIn.session.id, from);
    },
  };
};
