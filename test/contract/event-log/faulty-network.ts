import net, { type AddressInfo, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

/** Leads this process's connections to one port through a proxy, which does to them what networks do. */
export class FaultyNetwork {
  readonly #server: Server
  readonly #connect = net.connect
  readonly #port: number
  /** Answers larger than this are cut in their middle, as often as `#cuts` says, and their connections reset. */
  #cutOver = 0
  #cuts = 0
  /** Connections are reset as they send so many messages, the first being 1, as often as `#resets` says. */
  #resetAt = 0
  #resets = 0
  /** How many answers were cut. */
  cut = 0
  /** How many connections were opened. */
  opened = 0

  private constructor(port: number) {
    this.#port = port
    this.#server = net.createServer((client) => this.#serve(client))
  }

  static async before(port: number): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(port)
    network.#server.listen(0, '127.0.0.1')
    await once(network.#server, 'listening')
    const { port: proxy } = network.#server.address() as AddressInfo
    const replaced = (options: NetConnectOpts, ...rest: []): Socket => {
      const isMeant = typeof options === 'object' && 'port' in options && options.port === port
      return network.#connect(isMeant ? { ...options, port: proxy } : options, ...rest)
    }
    net.connect = replaced as typeof net.connect
    return network
  }

  cutAnswers(over: number, times: number): void {
    this.#cutOver = over
    this.#cuts = times
  }

  resetRequests(at: number, times: number): void {
    this.#resetAt = at
    this.#resets = times
  }

  /** From now on the connections that are open carry nothing, and are not closed; new ones work. */
  freeze(): void {
    this.#server.emit('frozen')
  }

  /** Resets the connections that are open; new ones work. */
  reset(): void {
    this.#server.emit('reset')
  }

  async close(): Promise<void> {
    net.connect = this.#connect
    this.#server.close()
    this.reset()
    await once(this.#server, 'close')
  }

  #serve(client: Socket): void {
    this.opened++
    const broker = this.#connect({ host: '127.0.0.1', port: this.#port })
    const end = (): void => {
      client.resetAndDestroy()
      broker.destroy()
    }
    let isFrozen = false
    this.#server.once('frozen', () => (isFrozen = true))
    this.#server.once('reset', end)
    let messages = 0
    client.on('data', (bytes) => {
      if (++messages === this.#resetAt && this.#resets > 0) {
        this.#resets--
        this.cut++
        end()
      } else if (!isFrozen) broker.write(bytes)
    })
    broker.on('data', (bytes) => {
      if (isFrozen) return
      if (this.#cuts === 0 || bytes.length <= this.#cutOver) {
        client.write(bytes)
        return
      }
      this.#cuts--
      this.cut++
      isFrozen = true
      client.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(end, 20))
    })
    for (const socket of [client, broker]) socket.on('error', end).on('close', () => isFrozen || end())
  }
}
