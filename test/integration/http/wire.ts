import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What lies between a client and a server, and can be cut. */
export class Wire {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  /** How much of its answers the next connection brings before it is cut, bytes. */
  #next = Infinity
  /** Connections that were cut for what they brought. */
  cuts = 0

  private constructor(url: string) {
    const port = Number(new URL(url).port)
    this.#server = createServer((client) => this.#join(client, connect(port, '127.0.0.1')))
  }

  static async to(url: string): Promise<Wire> {
    const wire = new Wire(url)
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Cuts the next connection when it has brought so many bytes of answers, and those that there are at once. */
  cutNextAfter(bytes: number): void {
    this.#next = bytes
    this.cut()
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
  }

  #join(client: Socket, server: Socket): void {
    let left = this.#next
    this.#next = Infinity
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    }
    client.on('data', (chunk: Buffer) => server.write(chunk))
    server.on('data', (chunk: Buffer) => {
      client.write(chunk.subarray(0, Math.min(chunk.length, left)))
      left -= chunk.length
      if (left > 0) return
      this.cuts++
      server.destroy()
    })
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroySoon())
  }
}
