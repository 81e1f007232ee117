import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { ExperienceError } from '../../base/experience-error.ts'

/**
 * Connections that may wait until the process comes to take them: as many as streams may be cut and come again at once. The system drops
 * what is beyond, which then takes seconds to connect, or is reset. Linux takes no more than 4,096 by default (`net.core.somaxconn`).
 */
const BACKLOG = 4096

/** After that, answers that are still under way are cut, ms: a client that reads nothing must not keep the process. */
const DRAIN_MS = 30_000
/** How often connections are closed on which nothing is under way any more, ms. */
const REST_MS = 50

/** Listens, and answers with the URL. Error: `InvalidSettings`. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port, backlog: BACKLOG, listenTextResolver: (address) => `listening on ${address}` })
    return urlOf(app)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason =
      code === 'EADDRINUSE' ? `port ${port} of ${host} is in use` : `cannot listen on ${host}:${port}: ${message}`
    throw new ExperienceError('InvalidSettings', `port: ${reason}`, { cause })
  }
}

function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Takes no more connections, and closes those that there are once their requests are answered. */
export async function closeServer(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  // Connections whose last answer has just been read are kept by their clients for the next request.
  const rest = setInterval(() => app.server.closeIdleConnections(), REST_MS)
  await app.close()
  clearInterval(rest)
  clearTimeout(cut)
}
