import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/**
 * The same client for everything that is compared: requests are prepared bytes, and answers are not read further than
 * to their end. Node's own client takes longer than the servers it would measure.
 */
export type Request = Buffer;

const host = '127.0.0.1';

/** The bytes of a GET, or of a POST where there is a body. */
export const requestOf = (path: string, headers: Record<string, string> = {}, body?: string): Request => {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([name, value]) => `${name}: ${value}`);
  const method = body === undefined ? 'GET' : 'POST';
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, '', body ?? ''].join('\r\n'));
};

/** How many bytes an answer has in all, once its head is there; those of a chunked one show at its end only. */
const lengthOf = (text: string): number | 'chunked' | undefined => {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  return length === undefined ? 'chunked' : end + 4 + Number(length);
};

type Connection = {
  /** The answer with its head; rejects where it is no success. One request at a time. */
  ask: (request: Request) => Promise<string>;
  close: () => void;
};

const connectionOver = (socket: Socket): Connection => {
  let text = '';
  let length: number | 'chunked' | undefined;
  let waiting: { resolve: (answer: string) => void; reject: (error: Error) => void } | undefined;
  const fail = (error: Error) => waiting?.reject(error);
  socket.setEncoding('latin1');
  socket.setNoDelay(true);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  socket.on('data', (chunk: unknown) => {
    text += chunk;
    length ??= lengthOf(text);
    const isWhole = length === 'chunked' ? text.endsWith('\r\n0\r\n\r\n') : text.length === length;
    if (!isWhole) return;
    const [answer, asking] = [text, waiting];
    [text, length, waiting] = ['', undefined, undefined];
    if (answer.startsWith('HTTP/1.1 20')) asking?.resolve(answer);
    else asking?.reject(new Error(answer));
  });
  return {
    ask: request =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
};

/** An open connection. Rejects where nobody listens. */
export const connection = async (port: number): Promise<Connection> => {
  const socket = connect(port, host);
  await once(socket, 'connect');
  return connectionOver(socket);
};

/** The body of one answer; rejects where nobody listens, and where it is no success. */
export const answerOf = async (port: number, request: Request): Promise<string> => {
  const { ask, close } = await connection(port);
  const answer = await ask(request).finally(close);
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
};

/**
 * What so many connections do together, each of them asking again as soon as it is answered, while `goesOn`. Gives how
 * many answers came a second.
 */
export const perSecond = async (
  port: number,
  requests: readonly Request[],
  connections: number,
  goesOn: () => boolean,
): Promise<number> => {
  const open = await Promise.all(Array.from({ length: connections }, () => connection(port)));
  const started = performance.now();
  let asked = 0;
  const keepAsking = async ({ ask }: Connection) => {
    while (goesOn()) {
      await ask(requests[asked++ % requests.length] as Request);
    }
  };
  try {
    await Promise.all(open.map(keepAsking));
    return (asked * 1000) / (performance.now() - started);
  } finally {
    for (const { close } of open) close();
  }
};

/** True for so many seconds from now, for `perSecond`. */
export const during = (seconds: number): (() => boolean) => {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() < end;
};

/** True for so many requests. */
export const times = (requests: number): (() => boolean) => {
  let left = requests;
  return () => left-- > 0;
};

/**
 * The milliseconds that each request takes, while `goesOn`, where so many connections ask again a pause in milliseconds
 * after they were answered.
 */
export const latencies = async (
  {
    port,
    request,
    connections,
    pause,
  }: { port: number; request: Request; connections: number; pause: number },
  goesOn: () => boolean,
): Promise<number[]> => {
  const taken: number[] = [];
  const probe = async () => {
    const { ask, close } = await connection(port);
    try {
      while (goesOn()) {
        await setTimeout(pause);
        const started = performance.now();
        await ask(request);
        taken.push(performance.now() - started);
      }
    } finally {
      close();
    }
  };
  await Promise.all(Array.from({ length: connections }, probe));
  return taken;
};

/** Measures something while sign-ins saturate a server, so many at a time. Gives how many came through a second, too. */
export const whileSigningIn = async <Measured>(
  { port, signIns }: { port: number; signIns: readonly Request[] },
  inFlight: number,
  measure: () => Promise<Measured>,
): Promise<{ measured: Measured; signInsPerSecond: number }> => {
  let measuring = true;
  const load = perSecond(port, signIns, inFlight, () => measuring);
  // The first ones start the threads that hash.
  const measurement = setTimeout(500)
    .then(measure)
    .finally(() => {
      measuring = false;
    });
  const [measured, signInsPerSecond] = await Promise.all([measurement, load]);
  return { measured, signInsPerSecond };
};
