import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import type { Asker } from './ask.ts'
import { countLine, faultsOf, type Found } from './found-events.ts'
import type { LoadTenant, TellFault } from './load-tenant.ts'

const ENVELOPE = '"envelope":'

/** Follows the events of one tenant live, from before the first on, and counts each. */
export class EventTail {
  readonly #tenant: LoadTenant
  readonly #sending: ClientRequest
  readonly #fault: TellFault
  readonly #found: Found = { posted: [], streamed: [] }
  #count = 0
  #isLeaving = false

  private constructor(tenant: LoadTenant, sending: ClientRequest, response: IncomingMessage, fault: TellFault) {
    this.#tenant = tenant
    this.#sending = sending
    this.#fault = fault
    createInterface({ input: response })
      .on('line', (line) => this.#take(line))
      .on('error', (error: Error) => this.#tell(String(error)))
      .on('close', () => this.#tell('it ended'))
  }

  static async open(asker: Asker, tenant: LoadTenant, fault: TellFault): Promise<EventTail> {
    const headers = { accept: 'application/x-ndjson' }
    const sending = asker.open({ method: 'GET', path: '/v1/tail?from=beginning', key: tenant.key, headers })
    sending.end()
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    const tail = new EventTail(tenant, sending, response, fault)
    if (response.statusCode !== 200) tail.#tell(`${response.statusCode}`)
    return tail
  }

  /** How many events of its tenant were accepted. */
  get accepted(): number {
    return this.#tenant.posted.accepted + this.#tenant.streamed.accepted
  }

  /** What is wrong with what has come. */
  faults(): string[] {
    return faultsOf(this.#tenant, this.#found).map((fault) => `${this.#tenant.name}, followed live: ${fault}`)
  }

  /** How many events have come. */
  get count(): number {
    return this.#count
  }

  /** Ends it. */
  leave(): void {
    this.#isLeaving = true
    this.#sending.destroy()
  }

  #take(line: string): void {
    if (line.startsWith('{"type":"heartbeat"')) return
    if (!line.startsWith('{"type":"event"')) this.#tell(line.slice(0, 300))
    else if (countLine(this.#tenant, line.slice(line.indexOf(ENVELOPE) + ENVELOPE.length, -1), this.#found))
      this.#count++
    else this.#tell(`an event that nobody sent: ${line.slice(0, 300)}`)
  }

  #tell(fault: string): void {
    if (!this.#isLeaving) this.#fault(`a tail of ${this.#tenant.name}: ${fault}`)
  }
}
