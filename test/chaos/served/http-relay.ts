import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** What a relay waits for: the first bytes of a request that are passed on, or those of an answer, which are not. */
export type Passage = 'request' | 'answer'

/** Stands between clients and one serving process, so that it can be killed while a request is under way. */
export class HttpRelay {
  readonly #targetPort: number
  readonly #server = createServer((client) => this.#connect(client))
  #awaited: { readonly passage: Passage; readonly passed: (came: boolean) => void } | null = null

  constructor(targetPort: number) {
    this.#targetPort = targetPort
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when one passes; false when none came in time. What of an answer has come by then, and the rest of it, is kept back. */
  next(passage: Passage, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => passed(false), timeoutMs)
      const passed = (came: boolean): void => {
        clearTimeout(timer)
        this.#awaited = null
        resolve(came)
      }
      this.#awaited = { passage, passed }
    })
  }

  /** The clients have to be gone. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #connect(client: Socket): void {
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', noDelay: true })
    let isKeptBack = false
    client.on('data', (chunk) => {
      server.write(chunk)
      this.#passes('request')
    })
    server.on('data', (chunk) => {
      isKeptBack ||= this.#passes('answer')
      if (!isKeptBack) client.write(chunk)
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // A connection that breaks is what it is there for: the other side hears of it by its end.
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
  }

  #passes(passage: Passage): boolean {
    if (this.#awaited?.passage !== passage) return false
    this.#awaited.passed(true)
    return true
  }
}
