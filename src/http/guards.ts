import type { FastifyRequest } from 'fastify';
import type { Asking, Tokens } from '../accounts/tokens.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { anybody, type Endpoint, type Route, type Shapes } from './route.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; null until a guard has found out. */
    asking: Asking | null;
  }
}

export type Guards = ReturnType<typeof createGuards>;

const nobodyKnown = [
  'bad_token',
  'token_of_nobody',
  'bad_api_key',
  'nothing_sent',
  'database_silent',
] as const satisfies RefusalCode[];

/** The wrappers of endpoints that are not for everybody. They refuse before the body is read. */
export const createGuards = (tokens: Pick<Tokens, 'verify'>) => {
  const guarded = <S extends Shapes>(
    endpoint: Endpoint<S, { asking: Asking }>,
    refuse: (asking: Asking) => void,
    refuses: readonly RefusalCode[] = [],
  ): Route =>
    anybody<S>(
      {
        ...endpoint,
        handle: call => endpoint.handle({ ...call, asking: foundOut(call.request) }),
      },
      {
        check: async request => {
          request.asking = await whoIsAsking(request, tokens);
          refuse(request.asking);
        },
        refuses: [...nobodyKnown, ...refuses],
        asksWho: true,
      },
    );

  return {
    /** For whoever is signed in. */
    signedIn: <S extends Shapes>(endpoint: Endpoint<S, { asking: Asking }>): Route =>
      guarded(endpoint, () => {}),

    superuser: <S extends Shapes>(endpoint: Endpoint<S, { asking: Asking }>): Route =>
      guarded(
        endpoint,
        ({ user }) => {
          if (!user.isSuperuser) throw new Refusal('superuser_needed');
        },
        ['superuser_needed'],
      ),
  };
};

/**
 * Who sent a request: a bearer token decides alone where one is sent, else an API key.
 * Throws bad_token, token_of_nobody, bad_api_key and nothing_sent.
 */
const whoIsAsking = async (request: FastifyRequest, tokens: Pick<Tokens, 'verify'>): Promise<Asking> => {
  const bearer = bearerOf(request);
  if (bearer !== undefined) return tokens.verify(bearer);
  // There are no API keys yet, so none that is sent can be valid.
  throw new Refusal(sentApiKey(request) ? 'bad_api_key' : 'nothing_sent');
};

const foundOut = ({ asking }: FastifyRequest): Asking => {
  if (!asking) throw new Error('the handler of a guarded route ran before its guard');
  return asking;
};

/** The bearer token of a request; undefined where none is sent. The scheme's case does not matter (RFC 9110, 11.1). */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  /^bearer(?: +(.*))?$/i
    .exec(request.headers.authorization ?? '')
    ?.slice(1)
    .join('');

const sentApiKey = ({ method, headers, query }: FastifyRequest): boolean => {
  if (headers['x-api-key']) return true;
  // Where a request changes something, a link alone must not carry the key.
  const isReading = method === 'GET' || method === 'HEAD';
  return isReading && Boolean((query as Record<string, unknown>)['x-api-key']);
};
