import type { Proof } from '../route.ts';

/** How a request says who sends it. */
export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token that signing in gives. Where one is sent, nothing else counts.',
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  apiKeyInQuery: {
    type: 'apiKey',
    in: 'query',
    name: 'x-api-key',
    description: 'For GET only. Proxies and browsers remember addresses: the header is safer.',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'refresh_token_lf',
    description: 'Set by signing in. A request that says which site it comes from must come from this one.',
  },
} as const satisfies Record<Exclude<Proof, 'nothing'>, object>;

/** The proofs of which a route wants one, as OpenAPI lists them. */
export const securityOf = (proofs: readonly Proof[]) =>
  proofs.map(proof => (proof === 'nothing' ? {} : { [proof]: [] }));
