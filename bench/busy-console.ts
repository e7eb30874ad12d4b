import { whileSigningIn } from './load.ts';
import { median, printRows, quantile, row } from './measure.ts';
import { onTerminal, program, workplace } from './program.ts';
import { seededCopy } from './seed.ts';
import { langinfra } from './targets.ts';

const rounds = 3;
const inFlight = 16;
/** The cheapest that is allowed, as in busy.ts. */
const cost = 10;
const presses = 40;
const down = '\x1b[B';

/** Row 9: the console while headless mode on the same database is saturated with sign-ins, over the same at rest. */
export const busyConsole = async (users: number): Promise<void> => {
  using place = workplace();
  const env = {
    ...place.env,
    LANGINFRA_DATABASE_URL: `sqlite:///${await seededCopy(users, place.directory)}`,
    LANGINFRA_LOG_LEVEL: 'silent',
    LANGINFRA_BCRYPT_COST: String(cost),
  };
  await using server = await langinfra(env, 17_872);
  const console = onTerminal(process.execPath, [...program, 'run'], env, { cols: 120, rows: 45 });
  try {
    await console.shows('quit');
    await console.quiet(500);
    const pressAll = async (): Promise<number[]> => {
      const taken: number[] = [];
      console.write('g');
      await console.quiet(300);
      // The first keys compile the code they need.
      for (let time = -4; time < presses; time += 1) {
        const { milliseconds } = await console.press(down);
        if (time >= 0) taken.push(milliseconds);
      }
      return taken;
    };
    const [idle, busy, signIns]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      idle.push(...(await pressAll()));
      const { measured, signInsPerSecond } = await whileSigningIn(server, inFlight, pressAll);
      busy.push(...measured);
      signIns.push(signInsPerSecond);
    }
    const [atRest, saturated] = [quantile(idle, 0.95), quantile(busy, 0.95)];
    printRows(`The console beside sign-ins (${inFlight} in flight, ${users.toLocaleString('en-US')} users)`, [
      row('cursor key to frame, headless mode idle, p95', atRest, { unit: ' ms' }),
      row('while sign-ins saturate the cores, p95', saturated, { unit: ' ms', most: 16.7 }),
      row('the second over the first', saturated / atRest, {}),
      row('sign-ins a second meanwhile', median(signIns), {}),
    ]);
  } finally {
    await console.end();
  }
};
