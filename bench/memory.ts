import { perSecond, type Request, requestOf, times } from './load.ts';
import { printRows, row } from './measure.ts';
import { onTerminal, program, residentMiB, workplace } from './program.ts';
import { seededCopy } from './seed.ts';
import { betterAuth, langinfra, type Target } from './targets.ts';

const connections = 16;
/** Of a thousand requests so many are sign-ins, and so many lists of 50 users. */
const mixed = { signIns: 5, lists: 10 };

/** What a console holds after 200 pages, End, Home and two sorts, in MiB. */
const consoleMiB = async (env: Record<string, string>): Promise<number> => {
  const console = onTerminal(process.execPath, [...program, 'run'], env, { cols: 120, rows: 45 });
  await console.shows('quit');
  for (let page = 0; page < 200; page += 1) {
    console.write('\x1b[6~');
    await console.quiet(10);
  }
  for (const keys of ['G', 'g', 'o', 'O']) await console.press(keys);
  await console.quiet(1000);
  const held = residentMiB(console.pid);
  await console.end();
  return held;
};

/** Asks a server so often, by many connections at once. Gives what it holds afterwards, in MiB. */
const heldAfter = async (
  requests: number,
  { pid, port, whoami, signIns }: Target,
  list?: Request,
): Promise<number> => {
  const thousand = [
    ...Array.from({ length: mixed.signIns }, (_, index) => signIns[index % signIns.length] as Request),
    ...(list ? Array.from({ length: mixed.lists }, () => list) : []),
  ];
  while (thousand.length < 1000) thousand.push(whoami);
  await perSecond(port, thousand, connections, times(requests));
  return residentMiB(pid);
};

/** Row 15: what the console holds with a million users, and headless mode before and after many requests. */
export const memory = async (users: number, requests: number): Promise<void> => {
  using place = workplace();
  const env = {
    ...place.env,
    LANGINFRA_DATABASE_URL: `sqlite:///${await seededCopy(users, place.directory)}`,
    LANGINFRA_LOG_LEVEL: 'silent',
    LANGINFRA_BCRYPT_COST: '10',
  };
  const ofConsole = await consoleMiB(env);
  await using server = await langinfra(env, 17_863);
  const list = requestOf('/api/v1/users/?limit=50', server.superuser);
  const early = await heldAfter(requests / 10, server, list);
  const late = await heldAfter((requests / 10) * 9, server, list);
  await using peer = await betterAuth(place.directory, 17_873);
  // It is slower, and half of them show it.
  const theirs = peer && (await heldAfter(requests / 2, peer));

  const after = (count: number): string => `after ${count.toLocaleString('en-US')} requests`;
  const { signIns, lists } = mixed;
  const rows = [
    row(
      `console with ${users.toLocaleString('en-US')} users, after 200 pages, End, Home and two sorts`,
      ofConsole,
      { most: 110, unit: ' MiB' },
    ),
    row(`headless ${after(requests / 10)}`, early, { unit: ' MiB' }),
    row(`headless ${after(requests)}`, late, { most: 110, unit: ' MiB' }),
    row('the second over the first: growth', late / early, { most: 1.1 }),
  ];
  if (theirs)
    rows.push(row(`better-auth ${after(requests / 2)}, none of them lists`, theirs, { unit: ' MiB' }));
  printRows(
    `Memory (resident; of a thousand requests ${signIns} are sign-ins, ${lists} lists of 50 users)`,
    rows,
  );
};
