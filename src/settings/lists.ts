import { isIP } from 'node:net';
import * as z from 'zod/mini';

/** Values with commas between them. */
export const list = z.pipe(
  z.string(),
  z.transform(value =>
    value
      .split(',')
      .map(part => part.trim())
      .filter(Boolean),
  ),
);

const listOf = (isOne: (part: string) => boolean, wanted: string) =>
  z.pipe(list, z.array(z.string()).check(z.refine(parts => parts.every(isOne), wanted)));

/** An origin in the very letters in which browsers send it: another spelling, or a pattern, would match no request. */
const isOrigin = (text: string): boolean => /^https?:[^*]*$/.test(text) && URL.parse(text)?.origin === text;

export const origins = listOf(
  isOrigin,
  'use origins as browsers send them, like https://app.example.org or http://localhost:3000, and never *',
);

/** An address, or a range of them as an address and its leading bits (CIDR). No range is everybody. */
const isAddressRange = (text: string): boolean => {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && (bits === undefined || (Number(bits) > 0 && Number(bits) <= most));
};

export const addressRanges = listOf(
  isAddressRange,
  'use addresses or ranges of them, like 10.0.0.1, 192.168.0.0/16 or fd00::/8',
);

/** A host name as a Host header has it, or an address; no pattern, no port and no URL: those would match no request. */
const isHostName = (text: string): boolean =>
  isIP(text.replace(/^\[(.*)\]$/, '$1')) > 0 ||
  /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*\.?$/i.test(
    text,
  );

export const hostNames = listOf(
  isHostName,
  'use host names without a port, like app.example.org, and never *',
);
