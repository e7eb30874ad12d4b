import { Refusal } from '../refusal.ts';
import { walkJson } from '../text/json-keys.ts';

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

const checkKeys = (json: string): void =>
  walkJson(json, {
    opened: depth => {
      if (depth > deepest) throw refused('The body is nested too deeply');
    },
    key: (name, isTwice) => {
      if (ofPrototypes.includes(name)) throw refused(`The body has a key ${name}`);
      if (isTwice) throw refused('The body has a key twice');
    },
  });
