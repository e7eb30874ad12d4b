import { Refusal } from '../refusal.ts';

/** No endpoint takes an object in an object; some room for what it ignores. */
const deepest = 16;

/** No field is named so, and code that copies an object by its keys could change what all objects have. */
const ofPrototypes = ['__proto__', 'constructor', 'prototype'];

const refused = (sentence: string) => new Refusal('bad_request', { sentence });

/**
 * Reads JSON that says one thing to every reader (RFC 8259, section 4). Of a key that is there twice JSON.parse takes
 * the last, and what checks the request before us may take the first. Throws bad_request.
 */
export const parseStrictly = (text: string): unknown => {
  const json = text.replace(/^\ufeff/, '');
  if (json === '') throw refused('The body is empty');
  const value = parse(json);
  checkKeys(json);
  return value;
};

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    throw refused('The body is not valid JSON');
  }
};

/** Takes valid JSON: a string is a key where a colon follows, and every string ends. */
const checkKeys = (json: string): void => {
  const open: Set<string>[] = [];
  for (const [token, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*(:)?)|[[{\]}]/g)) {
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > deepest) throw refused('The body is nested too deeply');
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (colon) {
      checkKey(JSON.parse(token), open.at(-1));
    }
  }
};

const checkKey = (name: string, known: Set<string> | undefined): void => {
  if (ofPrototypes.includes(name)) throw refused(`The body has a key ${name}`);
  if (known?.has(name)) throw refused('The body has a key twice');
  known?.add(name);
};
