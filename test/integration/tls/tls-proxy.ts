import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ServerOptions } from 'node:https'

export interface TlsProxy {
  /** With the host name that its certificate is for. */
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** Ends TLS in front of a real server. */
export async function startTlsProxy(target: string, options: ServerOptions): Promise<TlsProxy> {
  const { hostname, port: targetPort, pathname } = new URL(target)
  const server = https.createServer(options, (request, response) => {
    const { method, url: path, headers } = request
    const asked = http.request({ hostname, port: targetPort, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    asked.on('error', () => response.destroy())
    request.pipe(asked)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}${pathname === '/' ? '' : pathname}`,
    port,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
