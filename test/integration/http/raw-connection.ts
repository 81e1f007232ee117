import { connect, type Socket } from 'node:net'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'

/** A connection on which anything may be sent. */
export class RawConnection {
  readonly #socket: Socket
  #answer = ''
  #isClosed = false

  constructor(url: string, { reads = true }: { readonly reads?: boolean } = {}) {
    const { hostname, port } = new URL(url)
    this.#socket = connect(Number(port), hostname)
    if (reads) this.#socket.on('data', (bytes) => (this.#answer += bytes.toString('latin1')))
    // A server that cuts leaves resets behind.
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => (this.#isClosed = true))
  }

  get answer(): string {
    return this.#answer
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  send(text: string): this {
    this.#socket.write(text, 'latin1')
    return this
  }

  /** All that came until the server closed the connection. */
  async untilClosed(): Promise<string> {
    await until(async () => this.#isClosed)
    return this.#answer
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** The statuses of the answers within what came. */
export function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status))
}
