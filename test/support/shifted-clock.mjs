// Preloaded into the built program: its wall clock is off by the seconds that a file holds, which is read at each look.
import { readFileSync } from 'node:fs';

const file = process.env.SHIFTED_CLOCK_FILE;
const Real = Date;
const now = () => Real.now() + Number(readFileSync(file, 'utf8')) * 1000;

globalThis.Date = class extends Real {
  constructor(...args) {
    if (args.length === 0) super(now());
    else super(...args);
  }
  static now = now;
};
