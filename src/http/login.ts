import type { FastifyReply } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import type { TokenPair, Tokens } from '../accounts/tokens.ts';
import { Refusal } from '../refusal.ts';
import { autoLoginOff, signedOut, tokenPair } from './answers.ts';
import { clientAddress, originOf } from './clients.ts';
import { clearTokenCookies, refreshCookieOf, setTokenCookies } from './cookies.ts';
import { bearerOf } from './guards.ts';
import type { Metrics } from './metrics.ts';
import { anybody, type Guard, type Route } from './route.ts';
import { loginForm } from './schemas.ts';
import { endOfWaiting } from './waiting.ts';

/** The one detail of the API that is no text: the existing page reads `auto_login` in it. */
const autoLoginIsOff = {
  message: 'Auto login is disabled. Please enable it in the settings',
  auto_login: false,
};

/** Signing in and out. The guard is for what a cookie alone can do; the signal tells that the server stops. */
export const loginRoutes = (
  accounts: Accounts,
  tokens: Tokens,
  { countSignIn }: Metrics,
  ownOriginOnly: Guard,
  stopping: AbortSignal,
): Route[] => [
  anybody({
    method: 'POST',
    path: '/api/v1/login',
    summary: 'Sign in with a password',
    takes: 'form',
    shapes: { body: loginForm },
    answers: { 200: tokenPair },
    refuses: [
      'bad_credentials',
      'waiting_for_approval',
      'inactive_user',
      'one_time_code_required',
      'one_time_code_wrong',
      'too_many_attempts',
      'too_busy',
      'server_stopping',
      'database_silent',
    ],
    handle: async ({ request, body: { username, password, totp }, reply }) => {
      const source = clientAddress(request);
      const signal = endOfWaiting(reply, stopping);
      const credentials = {
        username,
        password,
        oneTimeCode: totp,
        door: 'http',
        source,
        from: originOf(request),
        signal,
      } as const;
      const signedIn = await countSignIn(accounts.signIn(credentials));
      return handOut(await tokens.issue(signedIn), reply);
    },
  }),

  anybody({
    method: 'GET',
    path: '/api/v1/auto_login',
    summary: 'Sign in as the automatic account, where automatic sign-in is on',
    answers: { 200: tokenPair, 400: autoLoginOff },
    refuses: ['database_silent'],
    handle: async ({ request, reply }) => {
      const signedIn = await countSignIn(accounts.signInAutomatically('http', originOf(request)));
      if (signedIn) return handOut(await tokens.issue(signedIn), reply);
      reply.code(400);
      return { detail: autoLoginIsOff };
    },
  }),

  anybody(
    {
      method: 'POST',
      path: '/api/v1/refresh',
      summary: 'Exchange the cookie refresh_token_lf for new tokens',
      proofs: ['refreshCookie'],
      answers: { 200: tokenPair },
      refuses: ['bad_refresh_token', 'password_change_required', 'database_silent'],
      handle: async ({ request, reply }) => {
        const token = refreshCookieOf(request);
        if (!token) throw new Refusal('bad_refresh_token');
        return handOut(await tokens.refresh(token, originOf(request)), reply);
      },
    },
    ownOriginOnly,
  ),

  anybody(
    {
      method: 'POST',
      path: '/api/v1/logout',
      summary: 'Sign out: the session of the token or the cookie ends',
      proofs: ['bearer', 'refreshCookie', 'nothing'],
      answers: { 200: signedOut },
      refuses: ['database_silent'],
      handle: async ({ request, reply }) => {
        const bearer = bearerOf(request);
        const sessionId =
          bearer === undefined
            ? await tokens.sessionOf(refreshCookieOf(request) ?? '', 'refresh')
            : await tokens.sessionOf(bearer, 'access');
        if (sessionId) await accounts.sessions.end(sessionId, originOf(request));
        clearTokenCookies(reply);
        return { message: 'Logout successful' };
      },
    },
    ownOriginOnly,
  ),
];

const handOut = (pair: TokenPair, reply: FastifyReply) => {
  setTokenCookies(reply, pair);
  return {
    access_token: pair.access.token,
    refresh_token: pair.refresh?.token ?? null,
    token_type: 'bearer',
  };
};
