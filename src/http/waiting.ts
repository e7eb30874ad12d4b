import type { FastifyReply } from 'fastify';
import { Refusal } from '../refusal.ts';

/**
 * Aborted when a request need not wait any longer: with hung_up when the client is gone before the answer is, and with
 * server_stopping. fastify's own `request.signal` is no help: it is aborted as soon as the body is read.
 */
export const endOfWaiting = ({ raw }: FastifyReply, stopping: AbortSignal): AbortSignal => {
  const end = new AbortController();
  const stop = (): void => end.abort(stopping.reason);
  // Taken back when the answer is out: the signal of the server lives longer than any request.
  stopping.addEventListener('abort', stop);
  raw.once('close', () => {
    stopping.removeEventListener('abort', stop);
    if (!raw.writableFinished) end.abort(new Refusal('hung_up'));
  });
  if (stopping.aborted) stop();
  if (raw.destroyed) end.abort(new Refusal('hung_up'));
  return end.signal;
};
