/** A message of this many characters is below what the server takes, whatever they are. */
const longest = 8192;

/** A text in pieces that are sent one by one: a paste may be longer than a message. No character is cut in two. */
export const inPieces = (text: string, most = longest): string[] => {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + most;
    const isInPair = end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
    const piece = text.slice(at, isInPair ? end - 1 : end);
    pieces.push(piece);
    at += piece.length;
  }
  return pieces;
};
