import { Agent, request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { expect } from 'vitest';
import { createDescriptionCheck, type Description, operationsOf } from './described.ts';
import { type Drawn, type Proof, requestsTo } from './described-requests.ts';
import type { Person } from './described-values.ts';
import { good, type Server } from './program.ts';

/** So many are under way at once. */
const atOnce = 12;
/** After so many it is seen to that those who send them can still sign in. */
const round = 5 * atOnce;

/** From so many addresses of this machine they come: one address with that many failed sign-ins would have to wait. */
const addresses = 60;

/** What no answer may show, whatever is asked. */
const inside = /\$2b\$|SQLITE|node_modules|\.[jt]s:\d|langinfra\.db/;

type Answered = { status: number; contentType: string | null; text: string };

type Sent = Omit<Drawn, 'proof' | 'operationId'>;

type Known = { id: string; access: string; refresh: string };

/** Signs in those who send requests, and others in their place once requests have ended, changed or deleted them. */
const createPeople = ({ call, login }: Pick<Server, 'call' | 'login'>) => {
  const known = new Map<Person, Known>();
  const names: Record<Person, string> = { auto: '', root: 'root', ada: 'ada', leaver: 'leaver' };
  let made = 0;

  const whoIs = async (access: string) => call('GET /api/v1/users/whoami', { bearer: access });
  const works = async (person: Person): Promise<boolean> => {
    const { status, body } = await whoIs(known.get(person)?.access ?? '');
    return status === 200 && body.is_superuser === (person === 'auto' || person === 'root');
  };
  const add = async (person: Person) => {
    made += 1;
    names[person] = `${person}-${made}`;
    const flags = { is_active: true, is_superuser: person === 'root' };
    const json = { username: names[person], password: good, ...flags };
    const added = await call('POST /api/v1/users/', { bearer: known.get('auto')?.access ?? '', json });
    expect([added.status, added.body]).toEqual([201, expect.objectContaining({ username: names[person] })]);
  };
  const signIn = async (person: Person): Promise<void> => {
    const { status, body } = await (person === 'auto'
      ? call('GET /api/v1/auto_login')
      : login(names[person], good));
    if (status !== 200) return;
    const { id } = (await whoIs(body.access_token)).body;
    known.set(person, { id, access: body.access_token, refresh: body.refresh_token ?? '' });
  };

  let key = { id: '', clear: '' };
  const renewKey = async (): Promise<void> => {
    const bearer = known.get('ada')?.access ?? '';
    const { api_keys: keys } = (await call('GET /api/v1/api_key/', { bearer })).body;
    if (keys.some(({ id }: { id: string }) => id === key.id)) return;
    // There may not be more than a hundred.
    if (keys.length > 90) await call(`DELETE /api/v1/api_key/${keys[0].id}`, { bearer });
    const { id, api_key: clear } = (await call('POST /api/v1/api_key/', { bearer, json: {} })).body;
    key = { id, clear };
  };

  return {
    /** An API key of ada's. */
    key: () => key,
    get: (person: string): Known => known.get(person as Person) ?? { id: '', access: '', refresh: '' },
    refresh: async (): Promise<void> => {
      for (const person of ['auto', 'root', 'ada', 'leaver'] as const) {
        if (await works(person)) continue;
        // Somebody new: a request may have changed the password, and who fails to sign in too often has to wait.
        if (person !== 'auto') await add(person);
        await signIn(person);
      }
      await renewKey();
    },
  };
};

/** All of a request but the middle of what only repeats a letter. */
const shown = (request: object): string =>
  JSON.stringify(request, (_, value) =>
    value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value,
  ).replace(/(.)\1{99,}/gu, (run, letter) => `${letter}{${run.length} times}`);

/** Sends it as it is, with no care of what a URL or a body should be. */
const send = (
  agent: Agent,
  { port, localAddress }: { port: number; localAddress: string },
  { method, target, headers, body }: Sent,
) =>
  new Promise<Answered>((resolve, reject) => {
    // Without it, the body of a GET or DELETE would be taken for the next request.
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const request = httpRequest(
      { agent, host: '127.0.0.1', port, localAddress, method, path: target, headers },
      response => {
        let text = '';
        response.setEncoding('utf8').on('data', chunk => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? null,
            text,
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });

/**
 * Sends so many requests, drawn from what a server says at /openapi.json, to it. Throws at the first answer that is not
 * as described, or is a 5xx, with the request. Gives how often each operation was answered with each status.
 */
export const tryRequests = async (
  server: Pick<Server, 'call' | 'login' | 'port'>,
  { seed, count }: { seed: number; count: number },
): Promise<{ outcomes: Record<string, number>; unreached: string[] }> => {
  const description: Description = (await server.call('GET /openapi.json')).body;
  const whatIsWrong = createDescriptionCheck(description);
  const people = createPeople(server);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const outcomes: Record<string, number> = {};
  const unreached = new Set(
    operationsOf(description)
      .filter(({ operation }) => Object.keys(operation.responses).some(status => status.startsWith('2')))
      .map(({ operation }) => operation.operationId),
  );

  const proofOf = (proof: Proof): Record<string, string> => {
    if (proof === 'none') return {};
    if (proof === 'key') return { 'x-api-key': people.key().clear };
    const token =
      proof === 'broken' ? `${people.get('root').access.slice(0, -9)}AAAAAAAAA` : people.get(proof).access;
    return { authorization: `Bearer ${token}` };
  };
  const filledIn = ({ proof, operationId, ...drawn }: Drawn): Sent => {
    const fill = (text: string) =>
      text
        .replace(/@(auto|root|ada)@/g, (_, person) => people.get(person).id)
        .replaceAll('@key@', people.key().id)
        .replaceAll('#leaver#', people.get('leaver').refresh);
    const headers = { ...proofOf(proof), ...drawn.headers };
    const filled = Object.entries(headers).map(([name, value]) => [name, fill(value)]);
    return { ...drawn, target: fill(drawn.target), headers: Object.fromEntries(filled) };
  };

  let sent = 0;
  const tryOne = async (drawn: Drawn): Promise<void> => {
    const request = filledIn(drawn);
    try {
      sent += 1;
      const localAddress = `127.0.1.${1 + (sent % addresses)}`;
      const answer = await send(agent, { port: server.port, localAddress }, request);
      const wrong = whatIsWrong(request.method, request.target, answer);
      if (wrong) throw new Error(wrong);
      if (answer.status >= 500) throw new Error(`an error inside: ${answer.status} ${answer.text}`);
      expect(answer.text).not.toMatch(inside);
      const outcome = `${drawn.operationId} ${answer.status}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (drawn.operationId && answer.status < 300) unreached.delete(drawn.operationId);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nto, with the seed ${seed}: ${shown(request)}`);
    }
  };

  try {
    const all = fc.sample(requestsTo(description), { seed, numRuns: count });
    for (let at = 0; at < count; at += round) {
      await people.refresh();
      const left = all.slice(at, at + round);
      const senders = Array.from({ length: atOnce }, async () => {
        for (let next = left.pop(); next; next = left.pop()) await tryOne(next);
      });
      await Promise.all(senders);
    }
  } finally {
    agent.destroy();
  }
  return { outcomes, unreached: [...unreached] };
};
