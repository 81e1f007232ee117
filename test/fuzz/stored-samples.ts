import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { parseEnvelope } from '../../schemas/contract/envelope.ts'
import { outcome } from '../integration/test-events.ts'

/** A tenant that nothing else is sent to. */
const TENANT = 'sampled'
/** A process under such load may be busy for a while, and a question may wait for the tables for 30 s (READ_WAIT_MS), ms. */
const ANSWER_MS = 45_000
const TRIES = 20

type Asked = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> }

/** Good events among the bad: each has to be accepted, and to be stored as it was sent. */
export class StoredSamples {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #sent = new Map<string, string>()

  constructor(url: string, key: string) {
    this.#url = url
    this.#headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  }

  get count(): number {
    return this.#sent.size
  }

  /** Appends an event; answers with what went wrong, or null. Who is told to come again does. */
  async append(number: number): Promise<string | null> {
    const id = `sample-${number}`
    const data = {
      latency_ms: 2n ** 63n + BigInt(number),
      metadata: { number: String(number), text: 'é \u{1F680} "\\' },
    }
    const json = envelopeToJson(parseEnvelope(outcome({ event_id: id, tenant_id: TENANT }, data)))
    const { status, text } = await this.#ask('/v1/events', { method: 'POST', body: json })
    if (status !== 200) return `${status}: ${text}`
    this.#sent.set(id, json)
    return null
  }

  /** Which events are not stored byte for byte as they were sent, each once. */
  async faults(): Promise<string[]> {
    const headers = { accept: 'application/x-ndjson' }
    const { status, text } = await this.#ask(`/v1/events?tenant_id=${TENANT}`, { headers })
    if (status !== 200) return [`reading the good events back: ${status}: ${text}`]
    const lines = text.split('\n').filter((line) => line.includes('"event_id"'))
    const faults = Array.from(this.#sent, ([id, json]) => {
      const found = lines.filter((line) => line.includes(`"event_id":"${id}"`))
      return found.length === 1 && found[0] === json ? null : `${id} is there ${found.length} times, or differs`
    })
    return faults.filter((fault) => fault !== null)
  }

  /** The answer; who is told to come again does. */
  async #ask(path: string, init: Asked): Promise<{ readonly status: number; readonly text: string }> {
    for (let tries = 1; ; tries++) {
      const response = await this.#fetch(path, init)
      const { status, headers } = response
      const text = await response.text()
      if ((status !== 429 && status !== 503) || tries === TRIES) return { status, text }
      await new Promise((done) => setTimeout(done, 1000 * Number(headers.get('retry-after') ?? 1)))
    }
  }

  #fetch(path: string, { headers = {}, ...init }: Asked): Promise<Response> {
    const signal = AbortSignal.timeout(ANSWER_MS)
    return fetch(`${this.#url}${path}`, { ...init, signal, headers: { ...this.#headers, ...headers } })
  }
}
