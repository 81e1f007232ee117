import { once } from 'node:events'
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** Connections that all clients together have: more than the server takes requests with events at once. */
export const MOST_CONNECTIONS = 400

export interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  /** Seconds; null where the answer says none. */
  readonly retryAfterS: number | null
  readonly body: string
}

/** Asks one server. */
export class Asker {
  readonly #url: string
  readonly #agent: Agent

  /** `keepAlive`: whether connections stay open, or each request has a new one. */
  constructor(url: string, keepAlive = true) {
    this.#url = url
    this.#agent = new Agent({ keepAlive, maxSockets: MOST_CONNECTIONS, maxFreeSockets: MOST_CONNECTIONS })
  }

  /** Opens all connections. */
  async connect(): Promise<void> {
    await Promise.all(Array.from({ length: MOST_CONNECTIONS }, () => this.ask({ method: 'GET', path: '/healthz' })))
  }

  /** The whole answer. Error: the system's, where the connection breaks. */
  async ask({ body, ...asked }: Asked): Promise<Answer> {
    const sending = this.open(asked, this.#agent)
    sending.end(body)
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    return answerOf(response)
  }

  /** A request whose body is still to come. `agent`: false for a connection of its own. */
  open({ method, path, key, headers = {} }: Asked, agent: Agent | false = false): ClientRequest {
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
    return request(`${this.#url}${path}`, { method, agent, headers: { ...headers, ...authorization } })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Reads an answer to its end. */
export async function answerOf(response: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, headers } = response
  const retryAfter = headers['retry-after']
  return { status, retryAfterS: retryAfter === undefined ? null : Number(retryAfter), body: await text(response) }
}

/** Whether an answer says, as it has to, that there was too much. */
export function isExcess({ status, retryAfterS, body }: Answer): boolean {
  return (status === 429 || status === 503) && (retryAfterS ?? 0) >= 1 && body.includes('"error":{"code":')
}
