import type { Accounts } from '../accounts/accounts.ts';
import { doors } from '../accounts/doors.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { Refusal, wordsOf } from '../refusal.ts';
import { createAdminPage } from './admin-page.ts';
import { AdminPageView } from './admin-page-view.tsx';
import { answered } from './answered.ts';
import { createAuditLayer } from './audit-view.tsx';
import { createPasswordChange } from './change-password.ts';
import { type Console, createConsole, entryOf, type Host } from './console.ts';
import { greetingOf } from './greeting.ts';
import type { Layer, Size } from './layer.ts';
import { createLockScreen } from './lock-screen.ts';
import { createFirstSuperuser, createLogin } from './login.ts';
import { openMenu } from './menu.tsx';
import type { Navigation } from './navigation.ts';
import { observable } from './observable.ts';
import { createOneTimeCode } from './one-time-code.ts';
import { createPace } from './pace.ts';
import { createProfile } from './profile.tsx';
import { followRecoveries } from './recoveries.ts';
import { tellSeen } from './seen.ts';
import { createSessionWatch } from './session-watch.ts';
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

const signedOutIdle = 'You were signed out: nobody chose a new password. Another sign-in code lets you in.';
const signedOutLocked = 'You were signed out: the account has no password to unlock it with.';
const noSuperuser = 'There is no superuser yet. Make one on the server: langinfra superuser';

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
    onLock: () => lock(false),
    onUse: () => watch.used(),
    onConfined: () => looking.hear(),
  });

  const allNotices = observable(notices);
  const recoveries = followRecoveries(console);
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
      console.recoveries.set([]);
      adminPage = undefined;
      if (isFirst && !rules.makesFirstSuperuser) allNotices.set([noSuperuser]);
      console.show(
        isFirst && rules.makesFirstSuperuser
          ? createFirstSuperuser(console, go, allNotices)
          : createLogin(console, go, allNotices, reason),
      );
      // Not before: what lay behind it must not be seen for a moment.
      console.reveal();
    },
    oneTimeCode: first => console.show(createOneTimeCode(console, go, allNotices, first)),
    signUp: () => console.show(createSignUp(console, go, allNotices)),
    home: async () => {
      // What was to be read before signing in has been read.
      allNotices.set([]);
      await showHome();
      greet();
    },
    adminPage: async () => {
      const signedIn = console.signedIn.get();
      if (!signedIn) return;
      if (adminPage) return closeAbove(adminPage);
      const page = createAdminPage(console, go, signedIn);
      await page.start();
      // The session may have ended while the users were read, or something else may have to be done first.
      const now = console.signedIn.get();
      if (now?.session.id !== signedIn.session.id || now.user.mustChangePassword) return page.close?.();
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
    signOut: () => signOut(),
  };
  const signOut = async (reason?: string): Promise<void> => {
    const signedIn = console.signedIn.get();
    if (!signedIn) return;
    // It would be done first, and be there for good when the next person comes.
    for (const layer of console.layers.get()) layer.takeBack?.();
    await console.attempt(async () => {
      await accounts.sessions.end(signedIn.session.id, from);
      console.signedIn.set(undefined);
      await go.login(reason);
    });
  };

  const showHome = async (): Promise<void> => {
    const signedIn = console.signedIn.get();
    if (signedIn?.user.mustChangePassword) {
      // What was open and what could be undone belongs to whoever may do that.
      console.messages.clear();
      console.recoveries.set([]);
      adminPage = undefined;
      return console.show(createPasswordChange(console, go, signedIn));
    }
    // So that the first frame has the banner. A later one changes by itself.
    if (!adminPage) await console.attempt(recoveries.read);
    return console.signedIn.get()?.user.isSuperuser ? go.adminPage() : go.profile();
  };
  /** The session whose beginning was told of. */
  let greeted: string | undefined;
  const greet = (): void => {
    const signedIn = console.signedIn.get();
    if (!signedIn || signedIn.session.id === greeted) return;
    greeted = signedIn.session.id;
    const greeting = greetingOf(signedIn, console.size.get().columns);
    if (greeting) console.say(greeting);
  };

  /** A session that somebody ended, or that is over, sends the console back to the login screen by itself. */
  const check = async (): Promise<void> => {
    const signedIn = console.signedIn.get();
    if (!signedIn) return;
    const fresh = await accounts.sessions.reread(signedIn);
    // What was put in its place meanwhile may be older than this answer.
    if (console.signedIn.get() !== signedIn) return looking.hear();
    if (fresh.user.version === signedIn.user.version) return;
    console.signedIn.set(fresh);
    if (fresh.user.mustChangePassword !== signedIn.user.mustChangePassword) return go.home();
    recoveries.hear();
  };
  const looking = createPace(() => answered(console, check), 0);
  /** Hides everything until the password is given; `isIdle` where nobody asked for it. */
  const lock = (isIdle: boolean): void => {
    const signedIn = console.signedIn.get();
    if (!signedIn || console.lockScreen.get().length > 0) return;
    if (accounts.sessionLock.endsIdle(signedIn)) return void signOut(signedOutIdle);
    const reason = accounts.sessionLock.whyNot(signedIn.user);
    if (reason) console.say({ kind: 'refused', text: wordsOf(reason) });
    else {
      console.hide(createLockScreen(console, go, signedIn));
      void console.attempt(async () => {
        if (await accounts.sessionLock.endsLocked(signedIn.actor)) await signOut(signedOutLocked);
        else await accounts.sessionLock.locked(signedIn.actor, isIdle);
      });
    }
  };
  const watch = createSessionWatch(console, { idle: () => lock(true), over: looking.hear });
  let stopFollowing = (): void => {};
  const follow = (): void => {
    const signedIn = console.signedIn.get();
    const stopBefore = stopFollowing;
    stopFollowing = signedIn ? accounts.sessions.follow(signedIn, looking.hear) : () => {};
    // Not before: where nobody listens for a moment, what changes in it is told to nobody.
    stopBefore();
  };
  const stops = [
    console.signedIn.subscribe(follow),
    () => stopFollowing(),
    tellSeen(console),
    recoveries.close,
    watch.close,
    looking.close,
  ];

  return {
    console,
    start: async (): Promise<void> => {
      const signedIn = already ?? (await accounts.signInAutomatically(door, from));
      if (!signedIn) return go.login();
      console.signedIn.set(signedIn);
      // It may have ended since then, while nobody followed it.
      if (already) looking.hear();
      const [first] = notices;
      const others = notices.length > 1 ? ` (langinfra config shows ${notices.length - 1} more)` : '';
      if (first) console.say({ kind: 'note', text: `${first}${others}` });
      await go.home();
    },
    /** Shows a sentence that a person should read: at once, and on the login screen. */
    notify: (notice: string): void => {
      if (!console.signedIn.get()) allNotices.update(all => [notice, ...all]);
      console.say({ kind: 'note', text: notice });
    },
    /** Looks whether the session is over or to be locked: the process was stopped, or the machine slept. */
    wake: watch.look,
    /** Ends everything the console started, and its session; one that was handed in is ended by whoever did that. */
    close: async (): Promise<void> => {
      for (const stop of stops) stop();
      console.dispose();
      const signedIn = console.signedIn.get();
      if (signedIn && signedIn.session.id !== already?.session.id)
        await accounts.sessions.end(signedIn.session.id, from);
    },
  };
};
