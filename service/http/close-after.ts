import type { FastifyReply, FastifyRequest } from 'fastify'

/** Lets a connection end with the answer, where the client is still sending a body that nobody reads. */
export function closeAfter(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.raw.complete && request.headers['content-length'] !== '0' && hasBody(request)) {
    void reply.header('connection', 'close')
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}
