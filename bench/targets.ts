import { join } from 'node:path';
import { betterAuthPeer } from './better-auth.ts';
import { answerOf, type Request, requestOf } from './load.ts';
import { headless, type Server } from './servers.ts';

/** A server, and the requests of somebody who is signed in to it. */
export type Target = Server & {
  /** Who am I? */
  whoami: Request;
  /** Sign-ins of others than the one who asks: nothing of theirs makes the answer new. */
  signIns: Request[];
  /** How late its event loop came at worst since the last call, in milliseconds. */
  worstDelay: () => Promise<number>;
};

/** Everybody's. */
export const password = 'correct horse battery';
// The last ones of a list, which no console has in sight.
const asker = 'zzz_asker';
const others = Array.from({ length: 8 }, (_, index) => `zzz_other_${index}`);

const json = (content: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(content),
});

const successOf = async (asked: Promise<Response>): Promise<Response> => {
  const answer = await asked;
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
  return answer;
};

/** Ends the server where it cannot be prepared: nobody else would. */
const prepared = async <Made>(server: Server, prepare: (url: string) => Promise<Made>) => {
  try {
    return { ...server, ...(await prepare(`http://127.0.0.1:${server.port}`)) };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
};

/** Headless mode, and the headers of a superuser. */
export const langinfra = async (
  env: Record<string, string>,
  port: number,
): Promise<Target & { superuser: Record<string, string> }> =>
  prepared(await headless(env, port), async url => {
    const tokenOf = async (asked: Promise<Response>): Promise<Record<string, string>> => {
      const { access_token: token } = (await (await successOf(asked)).json()) as { access_token: string };
      return { authorization: `Bearer ${token}` };
    };
    const superuser = await tokenOf(fetch(`${url}/api/v1/auto_login`));
    for (const username of [asker, ...others]) {
      const user = json({ username, password, is_active: true }, superuser);
      await successOf(fetch(`${url}/api/v1/users/`, user));
    }
    const form = (username: string) => String(new URLSearchParams({ username, password }));
    const signIn = (username: string) =>
      requestOf('/api/v1/login', { 'content-type': 'application/x-www-form-urlencoded' }, form(username));
    const body = new URLSearchParams({ username: asker, password });
    const asking = await tokenOf(fetch(`${url}/api/v1/login`, { method: 'POST', body }));
    const metrics = requestOf('/metrics');
    // The first reading begins to look.
    await answerOf(port, metrics);
    return {
      superuser,
      whoami: requestOf('/api/v1/users/whoami', asking),
      signIns: others.map(signIn),
      worstDelay: async () => {
        const text = await answerOf(port, metrics);
        return Number(/loop_delay_seconds\{quantile="1"\} (.+)/.exec(text)?.[1]) * 1000;
      },
    };
  });

/** better-auth with as many users; its database is made in that directory. Nothing where it cannot be had. */
export const betterAuth = async (
  directory: string,
  port: number,
  options: { cookieCache?: boolean } = {},
): Promise<Target | undefined> => {
  const database = join(directory, `better-auth-${port}.db`);
  const server = await betterAuthPeer()?.serve(database, port, options);
  if (!server) return undefined;
  return prepared(server, async url => {
    const asked = (name: string) => json({ name, email: `${name}@example.com`, password }, { origin: url });
    const signUp = (name: string) => successOf(fetch(`${url}/api/auth/sign-up/email`, asked(name)));
    for (const name of others) await signUp(name);
    const cookies = (await signUp(asker)).headers.getSetCookie().map(cookie => cookie.split(';', 1)[0]);
    const signIn = (name: string) => {
      const { headers, body } = asked(name);
      return requestOf('/api/auth/sign-in/email', headers, body);
    };
    return {
      whoami: requestOf('/api/auth/get-session', { cookie: cookies.join('; ') }),
      signIns: others.map(signIn),
      worstDelay: async () => Number(await answerOf(port, requestOf('/event-loop-delay'))) * 1000,
    };
  });
};
