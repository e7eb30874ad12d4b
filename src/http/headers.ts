/** On every answer. Nothing here is a page: no browser is to guess, run, frame or keep an answer. */
export const headersOfAll = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};
