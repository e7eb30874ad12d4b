import type { FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { refuseConfined } from '../accounts/actor.ts';
import type { Asking, Tokens } from '../accounts/tokens.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { originOf } from './clients.ts';
import { anybody, type Endpoint, type Route, type Shapes } from './route.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; null until a guard has found out. */
    asking: Asking | null;
  }
}

export type Guards = ReturnType<typeof createGuards>;

/** What tells who sent a token or an API key. */
type Verifiers = {
  tokens: Pick<Tokens, 'verify'>;
  apiKeys: Pick<Accounts['apiKeys'], 'verify'>;
  audit: Pick<Accounts['audit'], 'refused'>;
};

/** What is refused of a token or a key. */
const ofWhatIsSent = [
  'bad_token',
  'token_of_nobody',
  'bad_api_key',
  'inactive_user',
  'database_silent',
] as const satisfies RefusalCode[];

/** What is refused of whoever has to change the password first. */
const ofConfined = ['password_change_required'] as const satisfies RefusalCode[];

/** The wrappers of endpoints that are not for everybody. They refuse before the body is read. */
export const createGuards = (verifiers: Verifiers) => {
  const guarded = <S extends Shapes>(
    endpoint: Endpoint<S, { asking: Asking }>,
    refuse: (asking: Asking) => Promise<void>,
    refuses: readonly RefusalCode[] = [],
  ): Route =>
    anybody<S>(
      {
        ...endpoint,
        handle: call => endpoint.handle({ ...call, asking: foundOut(call.request) }),
      },
      {
        check: async request => {
          request.asking = await whoIsAsking(request, verifiers);
          await refuse(request.asking);
        },
        refuses: [...ofWhatIsSent, 'nothing_sent', ...refuses],
        asksWho: true,
      },
    );

  return {
    /** For everybody. Who asks is found out where they say so: a token that is sent has to be a good one here, too. */
    everybody: <S extends Shapes>(endpoint: Endpoint<S, { asking: Asking | null }>): Route =>
      anybody<S>(
        { ...endpoint, handle: call => endpoint.handle({ ...call, asking: call.request.asking }) },
        {
          check: async request => {
            request.asking = await whoIsAsking(request, verifiers).catch(unlessNothingSent);
            if (request.asking) refuseConfined(request.asking);
          },
          refuses: [...ofWhatIsSent, ...ofConfined],
          asksWho: false,
        },
      ),

    /** For whoever is signed in. */
    signedIn: <S extends Shapes>(endpoint: Endpoint<S, { asking: Asking }>): Route =>
      guarded(endpoint, async asking => refuseConfined(asking), ofConfined),

    /** The same, and also for whoever has to change the password first. */
    evenConfined: <S extends Shapes>(endpoint: Endpoint<S, { asking: Asking }>): Route =>
      guarded(endpoint, async () => {}),

    superuser: <S extends Shapes>(endpoint: Endpoint<S, { asking: Asking }>): Route =>
      guarded(
        endpoint,
        async ({ user, actor }) => {
          refuseConfined({ user, actor });
          if (user.isSuperuser) return;
          await verifiers.audit.refused(actor, 'superuser_needed', `${endpoint.method} ${endpoint.path}`);
          throw new Refusal('superuser_needed');
        },
        [...ofConfined, 'superuser_needed'],
      ),
  };
};

/**
 * Who sent a request: a bearer token decides alone where one is sent, else an API key.
 * Throws bad_token, token_of_nobody, bad_api_key, inactive_user and nothing_sent.
 */
const whoIsAsking = async (request: FastifyRequest, { tokens, apiKeys }: Verifiers): Promise<Asking> => {
  const bearer = bearerOf(request);
  const key = apiKeyOf(request);
  if (bearer === undefined && !key) throw new Refusal('nothing_sent');
  const asking = await (bearer !== undefined ? tokens.verify(bearer) : apiKeys.verify(key ?? ''));
  return { ...asking, actor: { ...asking.actor, from: originOf(request) } };
};

const unlessNothingSent = (error: unknown): null => {
  if (error instanceof Refusal && error.code === 'nothing_sent') return null;
  throw error;
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

/** The API key of a request, from its header or, where the request only reads, from its query. */
const apiKeyOf = ({ method, headers, query }: FastifyRequest): string => {
  const inHeader = headers['x-api-key'];
  if (inHeader) return String(inHeader);
  // Where a request changes something, a link alone must not carry the key.
  const isReading = method === 'GET' || method === 'HEAD';
  // Two of them make a text that is no key, as two headers do.
  return isReading ? String((query as Record<string, unknown>)['x-api-key'] ?? '') : '';
};
