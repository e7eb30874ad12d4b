import type { FastifyReply } from 'fastify';
import { Refusal } from '../refusal.ts';

/**
 * Aborted when a request need not wait any longer: with hung_up when the client is gone before the answer is, and with
 * server_stopping. Who closes a connection says no more than who merely has nothing to send any more: in a line, which is
 * long then, either gives its place away; who has not to wait is answered. fastify's own `request.signal` is no help: it is aborted as soon as the body is read.
 */
export const endOfWaiting = ({ raw }: FastifyReply, stopping: AbortSignal): AbortSignal => {
  const end = new AbortController();
  const { socket } = raw;
  const stop = (): void => end.abort(stopping.reason);
  const hangUp = (): void => end.abort(new Refusal('hung_up'));
  // Taken back when the answer is out: the signal of the server lives longer than any request.
  stopping.addEventListener('abort', stop);
  socket?.once('end', hangUp);
  raw.once('close', () => {
    stopping.removeEventListener('abort', stop);
    socket?.off('end', hangUp);
    if (!raw.writableFinished) hangUp();
  });
  if (stopping.aborted) stop();
  if (raw.destroyed) hangUp();
  return end.signal;
};
