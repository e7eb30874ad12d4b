import { Refusal, wordsOf } from '../refusal.ts';
import type { User } from '../store/users.ts';
import { newId } from '../store/values.ts';
import { usersCommand } from '../text.ts';
import { createAutomaticAccount } from './automatic-account.ts';
import type { Context } from './context.ts';
import { insertUser } from './create-user.ts';
import { whyNotPassword, whyUnusable } from './passwords.ts';
import { cleanUsername, isReserved, whyNotUsername } from './usernames.ts';

/** The superuser that the settings name. */
export type SuperuserSetting = { username: string; password: string };

export type BootstrapSettings = {
  readonly superuser: string | undefined;
  readonly superuserPassword: string | undefined;
  readonly sources: Readonly<Record<'superuser' | 'superuserPassword', { readonly place: string }>>;
};

/** The superuser of the settings. Throws bad_setting where no such account could be, before anything starts. */
export const superuserSetting = (settings: BootstrapSettings): SuperuserSetting | undefined => {
  const { superuser, superuserPassword: password, sources } = settings;
  if (superuser === undefined || password === undefined) return undefined;
  const username = cleanUsername(superuser);
  const reason = whyNotUsername(username);
  if (reason) throw badSetting('LANGINFRA_SUPERUSER', sources.superuser, wordsOf(reason));
  const unusable = whyUnusable(password);
  if (unusable) throw badSetting('LANGINFRA_SUPERUSER_PASSWORD', sources.superuserPassword, unusable.message);
  return { username, password };
};

const badSetting = (name: string, { place }: { readonly place: string }, sentence: string) =>
  new Refusal('bad_setting', { sentence: `${name} (${place}) cannot be used: ${sentence}` });

/** What is unsafe, and what to do about it but to turn automatic sign-in off. */
export type Unsafe = { because: string; otherwise: string };

/** Why HTTP must not be served with automatic sign-in: whoever can reach it would be a superuser. */
export const whyNotServe = (settings: {
  readonly autoLogin: boolean;
  readonly host: string;
  readonly trustedProxies: readonly string[] | undefined;
  readonly allowedHosts: readonly string[] | undefined;
  readonly corsOrigins: readonly string[] | undefined;
}): Unsafe | undefined => {
  if (!settings.autoLogin) return undefined;
  if (!isLoopback(settings.host)) {
    const because = `${settings.host} can be reached from other machines`;
    return { because, otherwise: 'listen on 127.0.0.1 only' };
  }
  // Each says that others come here, by a proxy or from a page of theirs.
  const opening = {
    LANGINFRA_TRUSTED_PROXIES: settings.trustedProxies,
    LANGINFRA_ALLOWED_HOSTS: settings.allowedHosts,
    LANGINFRA_CORS_ORIGINS: settings.corsOrigins,
  };
  const [name] = Object.entries(opening).find(([, value]) => value?.length) ?? [];
  return name === undefined ? undefined : { because: `${name} is set`, otherwise: `leave out ${name}` };
};

/** What is unsafe about how HTTP is served, though it is served: sentences for whoever starts it. */
export const servingRisks = (settings: {
  readonly autoLogin: boolean;
  readonly host: string;
  readonly trustedProxies: readonly string[] | undefined;
  readonly enableSignup: boolean;
  readonly newUserIsActive: boolean;
}): string[] => {
  const { autoLogin, host, trustedProxies = [], enableSignup, newUserIsActive } = settings;
  const risks: Record<string, boolean> = {
    'LANGINFRA_AUTO_LOGIN is True: whoever can reach this port is a superuser': autoLogin,
    // Whoever names a proxy has one, and this is the way to it.
    [`${host} can be reached from other machines, and passwords and tokens get here unencrypted: put a proxy with TLS in front, and name it in LANGINFRA_TRUSTED_PROXIES`]:
      !isLoopback(host) && trustedProxies.length === 0,
    'LANGINFRA_ENABLE_SIGNUP and LANGINFRA_NEW_USER_IS_ACTIVE are True: whoever can reach this port can make an account and sign in':
      enableSignup && newUserIsActive,
  };
  return Object.keys(risks).filter(risk => risks[risk]);
};

/** `127.1` is 127.0.0.1 as the system reads it (inet_aton); 127 alone is 0.0.0.127. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,8}){1,3}$/.test(host);

const warning = (text: string): string => `warning: ${text}`;

/** What a start does to the store before any door opens, and the sentences a person should read about it. */
export const createBootstrap = (context: Context) => {
  const { store, settings, passwords } = context;
  const automatic = createAutomaticAccount(context);

  const createSuperuser = async ({ username, password }: SuperuserSetting): Promise<string[]> => {
    const id = newId();
    const stored = await passwords.store(password, id);
    const created = await store.write(async tx => {
      // Several processes may start at once: the first makes it.
      if (await tx.users.isNameTaken(username)) return false;
      await insertUser(context, tx, { id, username, stored, isActive: true, isSuperuser: true });
      return true;
    });
    if (!created) {
      const namesake = await store.read.users.findByName(username);
      if (namesake) return judgeExisting(namesake.user);
      // An older database may hold two names that fold alike; this is the exact spelling of neither.
      return [
        warning(
          `LANGINFRA_SUPERUSER names ${username}, and several users are called so: spell it like one of them`,
        ),
      ];
    }
    const weak = await whyNotPassword(password, username, settings.passwordMinLength);
    return [
      `The superuser ${username} was created`,
      ...(weak ? [warning(`LANGINFRA_SUPERUSER_PASSWORD is weak: ${weak.message}`)] : []),
    ];
  };

  const judgeExisting = async ({ username, isSuperuser, isActive }: User): Promise<string[]> => {
    if (!isSuperuser) {
      if ((await store.read.users.countActiveSuperusers()) === 0)
        throw new Refusal('superuser_is_none', { username, isActive });
      return [
        warning(`LANGINFRA_SUPERUSER names ${username}, who exists and is no superuser; it stays as it is`),
      ];
    }
    if (isActive) return [];
    const activate = usersCommand('activate', [username]);
    return [
      `The superuser ${username} exists and is not active; it stays so. To let it sign in: ${activate}`,
    ];
  };

  const prepareSuperuser = async (superuser: SuperuserSetting): Promise<string[]> => {
    const existing = await store.read.users.findByName(superuser.username);
    if (existing) return judgeExisting(existing.user);
    if (await store.read.meta.wasDeleted(superuser.username)) {
      return [
        `LANGINFRA_SUPERUSER names ${superuser.username}, who was deleted or renamed; it is not made again. To make it: langinfra superuser`,
      ];
    }
    return createSuperuser(superuser);
  };

  return {
    /**
     * Prepares the store for this start. Gives notices for a person to read; what should be looked into begins with
     * `warning: `.
     * Throws automatic_name_taken and superuser_is_none.
     */
    prepare: async (superuser: SuperuserSetting | undefined): Promise<string[]> => {
      if (settings.autoLogin) {
        const notices = await automatic.ensure();
        if (!superuser) return notices;
        return [
          ...notices,
          warning(
            'LANGINFRA_SUPERUSER and LANGINFRA_SUPERUSER_PASSWORD have no effect while LANGINFRA_AUTO_LOGIN is True',
          ),
        ];
      }
      const notices = await automatic.takeOver();
      return superuser ? [...notices, ...(await prepareSuperuser(superuser))] : notices;
    },

    /**
     * A notice where the superuser of the settings has another password by now. It costs a hash, so it is asked
     * for after the doors are open.
     */
    passwordNotice: async (superuser: SuperuserSetting | undefined): Promise<string | undefined> => {
      if (!superuser || settings.autoLogin || isReserved(superuser.username)) return undefined;
      const found = await store.read.users.findByName(superuser.username);
      if (!found) return undefined;
      const account = { id: found.user.id, stored: found.password };
      if ((await passwords.check(superuser.password, account, 0)).matches) return undefined;
      return `${found.user.username} has another password than LANGINFRA_SUPERUSER_PASSWORD, and keeps it. To change it: ${usersCommand('passwd', [found.user.username])}`;
    },
  };
};
