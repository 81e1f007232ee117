import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** Asks over one connection, which stays open. */
export class AskingClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** The text of the answer. Throws where that is none. */
  async ask(path: string): Promise<string> {
    const asking = request(this.#url + path, { agent: this.#agent })
    asking.end()
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    const answer = await text(response)
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${answer}`)
    return answer
  }

  close(): void {
    this.#agent.destroy()
  }
}
