/** Where something was thrown: the first line of a stack that names a place outside Node. */
const place = /^ +at (?!.*\bnode:).*$/m;

/**
 * Whether something of ours broke, or of ssh2's own: what listeners throw comes as an error of the connection, too. Of what a
 * client did wrong ssh2 makes errors itself, and says of most on which level that was.
 */
export const isOurs = (error: Error & { level?: string }): boolean => {
  if (error.level !== undefined) return false;
  return error.name !== 'Error' || !place.exec(error.stack ?? '')?.[0].includes('/ssh2/lib/');
};
