import type { ServerChannel } from 'ssh2';

/**
 * Calls `broken` when a client sends more on a channel than it was allowed to (RFC 4254, section 5.2), and takes nothing of
 * that. ssh2 takes it: all that a client sends and nobody reads would wait in memory.
 */
export const holdToWindow = (channel: ServerChannel, broken: () => void): void => {
  const { incoming } = channel as unknown as { incoming: { window: number } };
  const push = channel.push.bind(channel);
  let isBroken = false;
  channel.push = (chunk, encoding) => {
    if (chunk === null || incoming.window >= 0) return push(chunk, encoding);
    if (!isBroken) broken();
    isBroken = true;
    return false;
  };
};
