import type { FastifyRequest } from 'fastify';

/** The address that a request comes from; empty where the client has gone already. */
export const clientAddress = ({ ip }: FastifyRequest): string => (ip as string | undefined) ?? '';
