import type { Session } from '../store/sessions.ts';
import type { User } from '../store/users.ts';
import { createApiKeyUses } from './api-key-uses.ts';
import { createApiKeys } from './api-keys.ts';
import { createAuditReading } from './audit.ts';
import { createBootstrap } from './bootstrap.ts';
import { createBulk } from './bulk.ts';
import { createUserChanges } from './change-user.ts';
import { createCheck } from './check.ts';
import { type AccountsOptions, createContext } from './context.ts';
import { createUserCreation } from './create-user.ts';
import { createUserExport } from './export-users.ts';
import { createFolderReading } from './folders.ts';
import { createUserImport } from './import-users.ts';
import { createLastSeen } from './last-seen.ts';
import { createUserReading } from './list-users.ts';
import { createOwnPasswordChange } from './own-password.ts';
import { needsCurrent } from './own-proof.ts';
import { createStrengthMeter } from './password-strength.ts';
import { createRecovery } from './recovery.ts';
import { remarkOn } from './remarks.ts';
import { createKeyRotation } from './rotate-key.ts';
import { createSecondStep } from './second-step.ts';
import { createSessionFollowing } from './session-following.ts';
import { createSessionList } from './session-list.ts';
import { createSessionLock } from './session-lock.ts';
import { createSessions } from './sessions.ts';
import { createAutomaticSignIn, createSignIn } from './sign-in.ts';
import { createSignUp } from './sign-up.ts';
import { createSshKeys } from './ssh-keys.ts';
import { createUnlock, createUnlockSource } from './unlock.ts';
import { doubtOf, isDoubtful } from './why.ts';

export type Accounts = ReturnType<typeof createAccounts>;

/** The rules: everything a screen, an endpoint or a command may ask. They say no by throwing a Refusal. */
export const createAccounts = (options: AccountsOptions) => {
  const context = createContext(options);
  const uses = createApiKeyUses(options.store);
  const seen = createLastSeen(options.store, context.now);
  return {
    settings: context.settings,
    clock: context.clock,
    bootstrap: createBootstrap(context),
    signIn: createSignIn(context),
    signUp: createSignUp(context),
    signInAutomatically: createAutomaticSignIn(context),
    changeOwnPassword: createOwnPasswordChange(context),
    secondStep: createSecondStep(context),
    needsCurrentPassword: (who: { user: User; session: Session }) => needsCurrent(context, who),
    strengthOf: createStrengthMeter(context),
    sessions: {
      ...createSessions(context),
      ...createSessionList(context, seen),
      ...createSessionFollowing(context),
    },
    sessionLock: createSessionLock(context),
    audit: createAuditReading(context),
    apiKeys: createApiKeys(context, uses),
    sshKeys: createSshKeys(context),
    foldersOf: createFolderReading(context),
    recovery: createRecovery(context),
    bulk: createBulk(context),
    check: createCheck(context),
    keyRotation: createKeyRotation(context),
    users: {
      ...createUserReading(context),
      ...createUserCreation(context),
      ...createUserChanges(context),
      ...createUserImport(context),
      ...createUserExport(context),
      unlock: createUnlock(context),
      unlockSource: createUnlockSource(context),
    },
    /** How many passwords are being hashed in this process, and how many wait for that. */
    hashing: options.lane.load,
    doubtOf,
    isDoubtful,
    remarkOn: (user: Parameters<typeof remarkOn>[1]) => remarkOn(context, user),
    /** Writes down which sign-ins got no one-time code in time, of processes that have ended, too. At the start. */
    writeUnanswered: context.firstSteps.writeUnanswered,
    /** Calls the listener after every change of the database, by this or another process. */
    onChange: options.store.onChange,
    /** Runs something while this process writes nothing; changes that are asked for meanwhile wait for it. */
    betweenWrites: options.store.betweenWrites,
    /** Writes what is written in batches and waits for its turn. Before the store is closed. */
    close: async () => {
      context.firstSteps.close();
      await Promise.all([uses.close(), seen.close()]);
    },
  };
};
