import type { AuthContext, Connection, KeyboardAuthContext, PublicKeyAuthContext } from 'ssh2';
import type { Accounts } from '../../accounts/accounts.ts';
import type { SignedIn } from '../../accounts/sessions.ts';
import { Refusal, type RefusalCode } from '../../refusal.ts';
import type { SshLog } from './log.ts';
import { isSigned } from './signature.ts';

/** So many passwords, codes and signatures may be wrong on one connection (OpenSSH's MaxAuthTries). */
const mostTries = 6;
/** Keys that a client asks about before it signs cost nothing but a look; an agent may hold many. */
const mostOffers = 30;

const methods = ['publickey', 'keyboard-interactive', 'password'] as const;
const codeOnly = ['keyboard-interactive'] as const;

/** Refusals after which only the code is asked for again. */
const stillFirst: readonly RefusalCode[] = [
  'one_time_code_required',
  'one_time_code_wrong',
  'too_many_attempts',
];

/** What was right already, where a one-time code is still to come. */
type FirstStep = { username: string } & ({ password: string } | { blob: string });

export type AuthenticationOptions = {
  client: Connection;
  accounts: Accounts;
  address: string;
  log: SshLog;
  /** Aborted when the client is gone: nobody waits for a hash then. */
  gone: AbortSignal;
  /** Called once somebody has signed in, before the client is told so. */
  signedIn: (signedIn: SignedIn) => void;
};

/** Lets somebody sign in on a connection: with a password or a key, and with a one-time code where they have set that up. */
export const authenticate = (options: AuthenticationOptions): void => {
  const { client, accounts, address, log, gone } = options;
  const from = { door: 'ssh', address } as const;
  let tries = 0;
  let offers = 0;
  let first: FirstStep | undefined;
  /** What is being answered. */
  let current: AuthContext | undefined;
  /** What was refused by a method that has no words for it: the next one says it. */
  let unsaid: string | undefined;

  const signInWith = (step: FirstStep, oneTimeCode?: string): Promise<SignedIn> =>
    'password' in step
      ? accounts.signIn({ ...step, oneTimeCode, door: 'ssh', source: address, from, signal: gone })
      : accounts.sshKeys.signIn({ ...step, oneTimeCode, source: address, from });

  /** Whoever has gone, or asks for something else by now, is not signed in: nobody would end that session. */
  const accept = async (ctx: AuthContext, signedIn: SignedIn): Promise<void> => {
    if (gone.aborted || ctx !== current) {
      await accounts.sessions.end(signedIn.session.id, from);
      throw new Abandoned();
    }
    options.signedIn(signedIn);
    ctx.accept();
  };

  const refuse = (ctx: AuthContext, refusal: Refusal): void => {
    log.info('sign-in refused', { address, method: ctx.method, reason: refusal.code });
    tries += 1;
    const isOver = tries >= mostTries;
    ctx.reject(isOver ? [] : [...(first ? codeOnly : methods)]);
    if (!isOver) return;
    log.warn('too many tries', { address });
    client.end();
  };

  /** The code is asked for next: what was right is kept for it. */
  const goOn = (ctx: AuthContext, step: FirstStep): void => {
    first = step;
    ctx.reject([...codeOnly], true);
  };

  /** Tries a step, and gives the refusal where it is refused; undefined where the client has its answer. */
  const attempt = async (ctx: AuthContext, step: FirstStep, code?: string): Promise<Refusal | undefined> => {
    try {
      await accept(ctx, await signInWith(step, code));
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error;
      if (error instanceof Abandoned) throw error;
      log.error(error as Error, 'sign-in failed', { address });
      return new Refusal('session_broken');
    }
  };

  const byPassword = async (ctx: AuthContext & { password: string }): Promise<void> => {
    if (first) return refuse(ctx, new Refusal('one_time_code_required'));
    const step = { username: ctx.username, password: ctx.password };
    const refusal = await attempt(ctx, step);
    if (refusal?.code === 'one_time_code_required') return goOn(ctx, step);
    if (!refusal) return;
    if (refusal.code !== 'bad_credentials') unsaid = refusal.message;
    refuse(ctx, refusal);
  };

  const byKey = async (ctx: PublicKeyAuthContext): Promise<void> => {
    if (first) return refuse(ctx, new Refusal('one_time_code_required'));
    const step = { username: ctx.username, blob: ctx.key.data.toString('base64') };
    if (!ctx.signature) {
      offers += 1;
      if (offers <= mostOffers && (await accounts.sshKeys.isKnown(step))) return ctx.accept();
      return offers > mostOffers ? refuse(ctx, new Refusal('bad_ssh_key')) : ctx.reject([...methods]);
    }
    if (!isSigned(ctx)) return refuse(ctx, new Refusal('bad_ssh_key'));
    const refusal = await attempt(ctx, step);
    if (refusal?.code === 'one_time_code_required') return goOn(ctx, step);
    if (!refusal) return;
    if (refusal.code !== 'bad_ssh_key') unsaid = refusal.message;
    refuse(ctx, refusal);
  };

  const byQuestions = async (ctx: KeyboardAuthContext): Promise<void> => {
    let said = unsaid ?? '';
    unsaid = undefined;
    if (!first) {
      const step = { username: ctx.username, password: await ask(ctx, 'Password: ', said) };
      said = '';
      const refusal = await attempt(ctx, step);
      if (!refusal) return;
      if (refusal.code !== 'one_time_code_required') {
        await tell(ctx, refusal.message);
        return refuse(ctx, refusal);
      }
      first = step;
    }
    const refusal = await attempt(ctx, first, await ask(ctx, 'One-time code: ', said));
    if (!refusal) return;
    // What was right at the first step is so no more.
    if (!stillFirst.includes(refusal.code)) first = undefined;
    await tell(ctx, refusal.message);
    refuse(ctx, refusal);
  };

  const answer = async (ctx: AuthContext): Promise<void> => {
    if (ctx.method === 'password') return byPassword(ctx);
    if (ctx.method === 'publickey') return byKey(ctx);
    if (ctx.method === 'keyboard-interactive') return byQuestions(ctx);
    ctx.reject(first ? [...codeOnly] : [...methods]);
  };

  client.on('authentication', ctx => {
    current = ctx;
    answer(ctx).catch(error => {
      // It went away, or asked for another method, while it was asked.
      if (error instanceof Abandoned) return;
      log.error(error, 'sign-in failed', { address });
      ctx.reject([]);
      client.end();
    });
  });
};

/** The client did not answer a question and does something else. */
class Abandoned extends Error {}

/** Asks for something that is not shown while it is typed. Throws Abandoned. */
const ask = async (ctx: KeyboardAuthContext, prompt: string, said: string): Promise<string> => {
  const [answer = ''] = await exchange(ctx, [{ prompt, echo: false }], said);
  return answer;
};

/** Says something; the client shows it and answers nothing (RFC 4256, section 3.2). Throws Abandoned. */
const tell = async (ctx: KeyboardAuthContext, sentence: string): Promise<void> => {
  await exchange(ctx, [], sentence);
};

const exchange = (
  ctx: KeyboardAuthContext,
  prompts: { prompt: string; echo: boolean }[],
  sentence: string,
): Promise<string[]> =>
  new Promise((resolve, reject) => {
    // ssh2 hands the error of an abort on in the place of the answers.
    ctx.prompt(prompts, '', sentence, (answers: string[] | Error) =>
      answers instanceof Error ? reject(new Abandoned()) : resolve(answers),
    );
  });
