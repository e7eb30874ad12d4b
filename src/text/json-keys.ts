/** Told of what valid JSON is built of: each object and list, with how deep it stands, and each key. */
export type JsonListener = {
  opened: (depth: number) => void;
  key: (name: string, isTwice: boolean) => void;
};

/**
 * Goes through valid JSON. Of a key that is there twice in one object JSON.parse takes the last, and says nothing. Throws
 * what the listener does.
 */
export const walkJson = (json: string, { opened, key }: JsonListener): void => {
  const open: Set<string>[] = [];
  // A string is a key where a colon follows, and every string ends.
  for (const [token, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*(:)?)|[[{\]}]/g)) {
    if (token === '{' || token === '[') {
      opened(open.push(new Set()));
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (colon) {
      const name: string = JSON.parse(token);
      const known = open.at(-1);
      key(name, known?.has(name) ?? false);
      known?.add(name);
    }
  }
};
