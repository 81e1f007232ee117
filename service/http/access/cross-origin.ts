import type { FastifyInstance } from 'fastify'

const METHODS = 'GET, POST, PUT, DELETE'
const SENT_HEADERS = 'authorization, content-type, content-encoding, experience-position, last-event-id, x-request-id'
const SEEN_HEADERS = 'experience-position, experience-freshness, retry-after, x-request-id'
/** How long a browser may go by what it was told, s. */
const MAX_AGE_S = 600

/** Lets pages of these origins ask, by a key like everybody. Without any, no browser shows an answer to a page from elsewhere. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  const allowed = new Set(origins)
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    void reply.header('vary', 'Origin')
    if (origin === undefined || !allowed.has(origin)) return
    void reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': SEEN_HEADERS })
    if (request.method !== 'OPTIONS') return
    const answer = {
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': SENT_HEADERS,
      'access-control-max-age': String(MAX_AGE_S),
    }
    return reply.headers(answer).code(204).send()
  })
}
