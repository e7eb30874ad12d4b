/** Names that no rule would let in: an older database or another program wrote them. */
export const hostile = {
  'escape sequences': 'b\x1b[2J\x1b[31m\x1b[8mred\x1b[0m',
  'a window title': 'b\x1b]0;owned\x07title',
  'the clipboard': 'b\x1b]52;c;b3duZWQ=\x07clip',
  'a link': 'b\x1b]8;;http://evil.example\x07link\x1b]8;;\x07',
  'line breaks': 'b\r\nroot\nroot\n',
  'a tab': 'b\ttab',
  'other controls': 'b\0\x07\x08\x7f\x9b2J\x90q\x9c',
  'right to left': 'b\u202etoor\u202c \u2066x\u2069',
  'zero width': 'b\u200b\u200d\ufeff\u00ad\u3164',
  'line separators': 'b\u2028root\u2029root',
  'stacked marks': `b${'\u0336\u0489'.repeat(40)}`,
  'variation selectors': 'b\ufe0f\u{e0100}',
  '64 wide letters': '日'.repeat(64),
  '64 emoji': '🦜'.repeat(64),
  'wide and narrow': '日a日b日c日d日e日f日g日h日i日j',
  'a lone surrogate': 'b\ud800',
  nothing: '',
  'only spaces': '   ',
  '500 letters': 'x'.repeat(500),
  'an option': '-y',
  quotes: `b'"\`; drop table user; --`,
  'letters from right to left': 'مريم בת',
  'a family': '👩‍👩‍👧‍👦🏳️‍🌈',
} as const;

/**
 * What the console itself sends: frames, styles, the modes of its start and end, and base64 for the clipboard. A name
 * sends none of its bytes.
 */
const ownSequences =
  /\x1b\[(?:\?(?:7|25|1049|2004|2026)[hl]|(?:0|1|2|4|7|22|24|27|39|[349]\dm?|[349]\d)m|\d*[ABCDEGHJK]|[HGEK]|1;1H)|\x1b\]52;c;[\w+/]*=*\x07/g;

const strayByte = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

/** Where what came to a terminal neither draws a letter nor is the console's own: each place with what follows. */
export const strayBytes = (bytes: string): string[] =>
  bytes.replaceAll(ownSequences, '').match(new RegExp(`${strayByte.source}.{0,20}`, 'g')) ?? [];
