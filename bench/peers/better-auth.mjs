import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';

/**
 * better-auth with e-mail, password and SQLite, as its documentation sets it up; runs in the folder that it is
 * installed in. Arguments: the database, the port, and whether a signed cookie may stand for the session.
 */
const [path, port, cookieCache] = process.argv.slice(2);
const isNew = !existsSync(path);
const database = new DatabaseSync(path);
database.exec('pragma journal_mode = wal');

const auth = betterAuth({
  database,
  baseURL: `http://127.0.0.1:${port}`,
  secret: 'a secret for a measurement, and for nothing else',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  session: { cookieCache: { enabled: cookieCache === 'true', maxAge: 3600 } },
});
if (isNew) await (await getMigrations(auth.options)).runMigrations();

/** Node records the whole time between two looks, in nanoseconds. */
const resolution = 20;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();

const handle = toNodeHandler(auth);
createServer((request, response) => {
  if (request.url !== '/event-loop-delay') return handle(request, response);
  response.end(String(Math.max(0, delay.max - resolution * 1e6) / 1e9));
  delay.reset();
}).listen(Number(port), '127.0.0.1');
