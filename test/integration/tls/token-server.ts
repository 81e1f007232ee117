import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TokenServer {
  readonly url: string
  /** Tokens that were given. */
  readonly given: number
  stop(): Promise<void>
}

export const CLIENT = { id: 'fleet & co', secret: 'a secret: with + and /' }

/** Gives tokens that a Kafka takes which checks no signature, for a lifetime in seconds; below 0 they are expired. */
export async function startTokenServer(): Promise<TokenServer & { lifetime: number }> {
  const state = { given: 0, lifetime: 3600 }
  const credentials = [CLIENT.id, CLIENT.secret].map(encodeURIComponent).join(':')
  const expected = `Basic ${Buffer.from(credentials).toString('base64')}`
  const server = createServer((request, response) => {
    request.resume()
    const isClient = request.headers.authorization === expected && request.method === 'POST'
    const body = isClient
      ? { access_token: token(state.lifetime), token_type: 'Bearer', expires_in: state.lifetime }
      : { error: 'invalid_client', error_description: `no client ${request.headers.authorization}` }
    if (isClient) state.given++
    response.writeHead(isClient ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/token`,
    get given() {
      return state.given
    },
    get lifetime() {
      return state.lifetime
    },
    set lifetime(seconds: number) {
      state.lifetime = seconds
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function token(lifetime: number): string {
  const now = Math.floor(Date.now() / 1000)
  const parts = [{ alg: 'none' }, { sub: 'fleet', iat: now - 10_000, exp: now + lifetime }]
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
}
