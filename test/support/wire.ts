import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire to a server, which can be cut and mended. */
export const openWire = async (port: number) => {
  let to: number | undefined = port;
  const ends = new Set<Socket>();
  const server = createServer(near => {
    if (to === undefined) return void near.destroy();
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Breaks every connection, and lets none through until it leads somewhere again. */
    cut: (): void => {
      to = undefined;
      for (const end of ends) end.destroy();
    },
    lead: (where: number): void => {
      to = where;
    },
    [Symbol.asyncDispose]: async () => {
      for (const end of ends) end.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
