import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenPair } from '../accounts/tokens.ts';
import { cameByTls } from './clients.ts';

/** The cookies of the existing web page, and what they are set and cleared with. */
const attributesFor = ({ request }: FastifyReply) => {
  // Over plain HTTP a browser would drop a cookie that is Secure.
  const everywhere = { path: '/', sameSite: 'lax', secure: cameByTls(request) } as const;
  return {
    refresh_token_lf: { ...everywhere, httpOnly: true },
    // The existing page reads these two by script.
    access_token_lf: everywhere,
    apikey_tkn_lflw: everywhere,
  };
};

/** Hands the tokens to a browser. Without a refresh token, its cookie is left alone. */
export const setTokenCookies = (reply: FastifyReply, { access, refresh }: TokenPair): void => {
  const attributes = attributesFor(reply);
  if (refresh) {
    reply.setCookie('refresh_token_lf', refresh.token, {
      ...attributes.refresh_token_lf,
      maxAge: refresh.seconds,
    });
  }
  reply.setCookie('access_token_lf', access.token, { ...attributes.access_token_lf, maxAge: access.seconds });
  reply.setCookie('apikey_tkn_lflw', '', attributes.apikey_tkn_lflw);
};

export const clearTokenCookies = (reply: FastifyReply): void => {
  for (const [name, kept] of Object.entries(attributesFor(reply))) reply.clearCookie(name, kept);
};

export const refreshCookieOf = (request: FastifyRequest): string | undefined =>
  request.cookies.refresh_token_lf;
