import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as z from 'zod/mini';
import type { RefusalCode } from '../refusal.ts';

/** What the body of a request must be sent as; of `nothing` it is left unread. */
export type BodyKind = 'nothing' | 'form' | 'json';

/** The schemas of a route's input, which is checked before the route is called. */
export type Shapes = { params?: z.ZodMiniType; query?: z.ZodMiniType; body?: z.ZodMiniType };
type Checked<S extends Shapes, Part extends keyof Shapes> =
  S[Part] extends z.ZodMiniType<infer Output> ? Output : undefined;

/** A request as a route's handler gets it. */
export type Call<S extends Shapes> = {
  request: FastifyRequest;
  reply: FastifyReply;
  params: Checked<S, 'params'>;
  query: Checked<S, 'query'>;
  body: Checked<S, 'body'>;
};

/** How a request may say who sends it. */
export type Proof = 'bearer' | 'apiKey' | 'apiKeyInQuery' | 'refreshCookie' | 'nothing';

/** The schemas of bodies by status. Text is sent as text/plain, all else as JSON. */
export type Answers = Readonly<Record<number, z.ZodMiniType>>;

/** An endpoint as its file writes it; `More` is what a guard adds to the call. */
export type Endpoint<S extends Shapes, More = unknown> = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` for a parameter. A slash at the end may be left out by the client. */
  path: string;
  /** What it does, in a few words, for the description of the API. */
  summary: string;
  takes?: BodyKind;
  shapes?: S;
  /** What it reads who asks from, where no guard does; one of them is enough. */
  proofs?: readonly Proof[];
  /** The bodies it gives, by status; the lowest is that of success. */
  answers: Answers;
  /** What it refuses, apart from what its guard, its shapes and the reading of its body do. */
  refuses?: readonly RefusalCode[];
  /** Gives the body of the answer. Throws Refusal. */
  handle: (call: Call<S> & More) => Promise<unknown>;
};

/** What lets a request in or refuses it before its body is read. */
export type Guard = {
  /** Throws Refusal. */
  check: (request: FastifyRequest) => Promise<void>;
  /** What the check refuses. */
  refuses: readonly RefusalCode[];
  /** Whether it asks for a token or a key. */
  asksWho: boolean;
};

/** A line of the table of routes. */
export type Route = {
  method: Endpoint<Shapes>['method'];
  path: string;
  summary: string;
  takes: BodyKind;
  shapes: Shapes;
  /** One of them is enough; none where anybody may. */
  proofs: readonly Proof[];
  answers: Answers;
  /** Everything that it may refuse. */
  refuses: readonly RefusalCode[];
  guard?: Guard | undefined;
  handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
};

const bodyRefuses = [
  'body_too_large',
  'wrong_content_type',
  'bad_content_type',
  'encoded_body',
  'wrong_charset',
  'bad_request',
] as const satisfies RefusalCode[];

/** What reading and checking each part of a request refuses. */
const readingRefuses: Record<BodyKind, readonly RefusalCode[]> = {
  nothing: ['body_too_large'],
  form: bodyRefuses,
  json: bodyRefuses,
};

/** What a guard reads; see guards.ts for the key in a query. */
const proofsFor = {
  reading: ['bearer', 'apiKey', 'apiKeyInQuery'],
  changing: ['bearer', 'apiKey'],
} as const satisfies Record<string, readonly Proof[]>;

/** A route of an endpoint that anybody may call, or whom its guard lets in. */
export const anybody = <S extends Shapes>(endpoint: Endpoint<S>, guard?: Guard): Route => {
  const { method, path, summary, takes = 'nothing', shapes = {}, answers, refuses = [] } = endpoint;
  const isReading = method === 'GET';
  const [success = '200'] = Object.keys(answers);
  return {
    method,
    path,
    summary,
    takes,
    shapes,
    proofs: guard?.asksWho ? proofsFor[isReading ? 'reading' : 'changing'] : (endpoint.proofs ?? []),
    answers,
    refuses: [
      ...new Set([
        ...(guard?.refuses ?? []),
        ...(isReading ? [] : readingRefuses[takes]),
        ...(Object.keys(shapes).length > 0 ? (['bad_request'] as const) : []),
        ...refuses,
      ]),
    ],
    guard,
    handle: async (request, reply) => {
      const { params, query, body } = request;
      reply.code(Number(success));
      return endpoint.handle({ request, reply, params, query, body } as Call<S>);
    },
  };
};
