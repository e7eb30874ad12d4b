import { printRows, row } from './measure.ts';
import { httpClient, onTerminal, program, residentMiB, serving, workplace } from './program.ts';
import { seeded } from './seed.ts';

const port = 17_863;
const connections = 16;

/** Row 15: what the console holds with a million users, and headless mode before and after many requests. */
export const memory = async (users: number, requests: number): Promise<void> => {
  using place = workplace();
  const env = {
    ...place.env,
    LANGINFRA_DATABASE_URL: `sqlite:///${await seeded(users)}`,
    LANGINFRA_LOG_LEVEL: 'silent',
  };
  const console = onTerminal(process.execPath, [...program, 'run'], env, { cols: 120, rows: 45 });
  await console.shows('quit');
  for (let page = 0; page < 200; page += 1) {
    console.write('\x1b[6~');
    await console.quiet(10);
  }
  for (const keys of ['G', 'g', 'o', 'O']) await console.press(keys);
  await console.quiet(1000);
  const consoleMiB = residentMiB(console.pid);
  await console.end();

  const server = await serving(env, port);
  const client = httpClient(port, connections);
  try {
    const { access_token: token } = JSON.parse(await client.ask('/api/v1/auto_login'));
    const whoami = async (count: number) => {
      let left = count;
      const asking = async () => {
        while (left-- > 0) await client.ask('/api/v1/users/whoami', { authorization: `Bearer ${token}` });
      };
      await Promise.all(Array.from({ length: connections }, asking));
    };
    await whoami(requests / 10);
    const early = residentMiB(server.pid);
    await whoami((requests / 10) * 9);
    const late = residentMiB(server.pid);
    printRows('Memory (resident)', [
      row(
        `console with ${users.toLocaleString('en-US')} users, after 200 pages, End, Home and two sorts`,
        consoleMiB,
        {
          most: 110,
          unit: ' MiB',
        },
      ),
      row(`headless after ${(requests / 10).toLocaleString('en-US')} requests`, early, { unit: ' MiB' }),
      row(`headless after ${requests.toLocaleString('en-US')} requests`, late, { most: 110, unit: ' MiB' }),
      row('the second over the first: growth', late / early, { most: 1.1 }),
    ]);
  } finally {
    client.close();
    await server.end();
  }
};
