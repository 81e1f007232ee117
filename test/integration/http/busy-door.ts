import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Refusal {
  readonly status: number
  readonly retryAfter?: string
}

/** What is handed on of a request. */
const HEADERS = ['accept', 'content-type', 'experience-position'] as const

/** What stands in front of a server, as a proxy does, and refuses so many requests by itself before it hands on others. */
export class BusyDoor {
  readonly #server: Server
  readonly #url: string
  readonly #refusals: Refusal[]
  /** When each request came, ms. */
  readonly cameAt: number[] = []

  private constructor(url: string, refusals: readonly Refusal[]) {
    this.#url = url
    this.#refusals = [...refusals]
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async before(url: string, refusals: readonly Refusal[]): Promise<BusyDoor> {
    const door = new BusyDoor(url, refusals)
    door.#server.listen(0, '127.0.0.1')
    await once(door.#server, 'listening')
    return door
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close().closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.cameAt.push(performance.now())
    const body = await buffer(request)
    const refusal = this.#refusals.shift()
    if (refusal !== undefined) {
      const { status, retryAfter } = refusal
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
      response.end('<html>come again</html>')
      return
    }
    const headers = HEADERS.flatMap((name) => {
      const value = request.headers[name]
      return typeof value === 'string' ? [[name, value] as const] : []
    })
    const asked = { method: request.method!, headers: Object.fromEntries(headers) }
    const answer = await fetch(this.#url + request.url, body.length === 0 ? asked : { ...asked, body })
    response.writeHead(answer.status).end(await answer.text())
  }
}
