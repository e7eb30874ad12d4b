import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as z from 'zod/mini';

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

/** An endpoint as its file writes it; `More` is what a guard adds to the call. */
export type Endpoint<S extends Shapes, More = unknown> = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` for a parameter. A slash at the end may be left out by the client. */
  path: string;
  takes?: BodyKind;
  shapes?: S;
  /** The status of success; 200 where it is not named. */
  status?: number;
  /** Gives the body of the answer. Throws Refusal. */
  handle: (call: Call<S> & More) => Promise<unknown>;
};

/** A line of the table of routes. */
export type Route = {
  method: Endpoint<Shapes>['method'];
  path: string;
  takes: BodyKind;
  shapes: Shapes;
  /** Runs before the body is read. Throws Refusal. */
  before: ((request: FastifyRequest) => Promise<void>) | undefined;
  handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
};

/** A route of an endpoint that anybody may call. */
export const anybody = <S extends Shapes>(
  endpoint: Endpoint<S>,
  before?: (request: FastifyRequest) => Promise<void>,
): Route => ({
  method: endpoint.method,
  path: endpoint.path,
  takes: endpoint.takes ?? 'nothing',
  shapes: endpoint.shapes ?? {},
  before,
  handle: async (request, reply) => {
    const { params, query, body } = request;
    reply.code(endpoint.status ?? 200);
    return endpoint.handle({ request, reply, params, query, body } as Call<S>);
  },
});
