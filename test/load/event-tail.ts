import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import type { Asker } from './ask.ts'
import { countLine, faultsOf, type Found } from './found-events.ts'
import type { LoadTenant, TellFault } from './load-tenant.ts'

const LOGGED_AT = '"logged_at":'
const ENVELOPE = '"envelope":'

/** Hears of each event how old it was when it came, ms. */
export type HearAge = (tail: string, ageMs: number) => void

/** Follows the events of one tenant live, from before the first on, and counts each. */
export class EventTail {
  readonly #tenant: LoadTenant
  readonly #sending: ClientRequest
  readonly #fault: TellFault
  readonly #hear: HearAge
  readonly #found: Found = { posted: [], streamed: [] }
  #count = 0
  #isLeaving = false

  private constructor(
    tenant: LoadTenant,
    { sending, response }: { readonly sending: ClientRequest; readonly response: IncomingMessage },
    fault: TellFault,
    hear: HearAge,
  ) {
    this.#tenant = tenant
    this.#sending = sending
    this.#fault = fault
    this.#hear = hear
    createInterface({ input: response })
      .on('line', (line) => this.#take(line))
      .on('error', (error: Error) => this.#tell(String(error)))
      .on('close', () => this.#tell('it ended'))
  }

  static async open(asker: Asker, tenant: LoadTenant, fault: TellFault, hear: HearAge): Promise<EventTail> {
    const headers = { accept: 'application/x-ndjson' }
    const sending = asker.open({ method: 'GET', path: '/v1/tail?from=beginning', key: tenant.key, headers })
    sending.end()
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    const tail = new EventTail(tenant, { sending, response }, fault, hear)
    if (response.statusCode !== 200) tail.#tell(`${response.statusCode}`)
    return tail
  }

  /** How many of the accepted events have not come. */
  get lacking(): number {
    const { posted, streamed } = this.#tenant
    return posted.lacking(this.#found.posted) + streamed.lacking(this.#found.streamed)
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
    const envelopeAt = line.indexOf(ENVELOPE)
    if (!line.startsWith('{"type":"event"')) this.#tell(line.slice(0, 300))
    else if (!countLine(this.#tenant, line.slice(envelopeAt + ENVELOPE.length, -1), this.#found))
      this.#tell(`an event that nobody sent: ${line.slice(0, 300)}`)
    else {
      this.#count++
      const loggedAt = parseInt(line.slice(line.lastIndexOf(LOGGED_AT, envelopeAt) + LOGGED_AT.length), 10)
      this.#hear(this.#tenant.name, Date.now() - loggedAt)
    }
  }

  #tell(fault: string): void {
    if (!this.#isLeaving) this.#fault(`a tail of ${this.#tenant.name}: ${fault}`)
  }
}
