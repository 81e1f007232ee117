import type { FastifyInstance } from 'fastify'
import type { AddressInfo, Socket } from 'node:net'
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

/** Takes connections for an app, and lets go of them. */
export class Listener {
  readonly #app: FastifyInstance
  /** No request has come on them yet: browsers and load balancers open connections before they need them. */
  readonly #silent = new Set<Socket>()

  constructor(app: FastifyInstance) {
    this.#app = app
    app.server.on('connection', (socket: Socket) => {
      this.#silent.add(socket)
      socket.once('close', () => this.#silent.delete(socket))
    })
    app.server.on('request', ({ socket }) => this.#silent.delete(socket))
  }

  /** Listens, and answers with the URL. Error: `InvalidSettings`. */
  async listen(host: string, port: number): Promise<string> {
    try {
      const listenTextResolver = (address: string): string => `listening on ${address}`
      await this.#app.listen({ host, port, backlog: BACKLOG, listenTextResolver })
      return urlOf(this.#app)
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      const reason =
        code === 'EADDRINUSE' ? `port ${port} of ${host} is in use` : `cannot listen on ${host}:${port}: ${message}`
      throw new ExperienceError('InvalidSettings', `port: ${reason}`, { cause })
    }
  }

  /** Takes no more connections, and closes those that there are once their requests are answered. */
  async close(): Promise<void> {
    const { server } = this.#app
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    // Connections whose last answer has just been read are kept by their clients for the next request.
    const rest = setInterval(() => {
      server.closeIdleConnections()
      // Node takes them for busy.
      for (const socket of this.#silent) if (socket.bytesRead === 0) socket.destroy()
    }, REST_MS)
    await this.#app.close()
    clearInterval(rest)
    clearTimeout(cut)
  }
}

function urlOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
