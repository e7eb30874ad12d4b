import { hostname } from 'node:os';
import { printable } from '../../text.ts';

const levels = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  silent: Number.POSITIVE_INFINITY,
} as const;
export type LogLevel = keyof typeof levels;

/** Fields of a line beside those that all have, which they must not stand in the place of. */
type More = { [name: string]: unknown } & { level?: never; time?: never; msg?: never };

export type SshLog = {
  info: (message: string, more?: More) => void;
  warn: (message: string, more?: More) => void;
  /** Something of ours broke. */
  error: (error: Error, message: string, more?: More) => void;
};

/** What clients say of themselves may be long. */
const longest = 200;
const shown = (value: unknown): unknown =>
  typeof value === 'string' ? printable(value.slice(0, longest)) : value;

/** The log of the SSH door: a line of JSON for each that happens, with the fields that the log of the HTTP server has. */
export const createSshLog = (level: LogLevel, sink: { write: (line: string) => void }): SshLog => {
  const say = (at: 'info' | 'warn' | 'error', message: string, more: More): void => {
    if (levels[at] < levels[level]) return;
    const fields = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, shown(value)]));
    const head = { level: levels[at], time: Date.now(), pid: process.pid, hostname: hostname(), door: 'ssh' };
    sink.write(`${JSON.stringify({ ...head, ...fields, msg: shown(message) })}\n`);
  };
  return {
    info: (message, more = {}) => say('info', message, more),
    warn: (message, more = {}) => say('warn', message, more),
    error: ({ name, message, stack }, what, more = {}) =>
      say('error', what, { ...more, err: { type: name, message, stack } }),
  };
};
