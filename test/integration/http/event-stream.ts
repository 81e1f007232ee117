import { request, type IncomingMessage } from 'node:http'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'

export interface StreamEvent {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** Reads server-sent events as a browser does (WHATWG HTML, section 9.2.6): what is incomplete at the end is dropped. */
export class EventStreamParser {
  readonly events: StreamEvent[] = []
  comments = 0
  retry: number | null = null
  /** What a browser sends as `Last-Event-ID`. */
  lastEventId = ''
  #text = ''
  #id = ''
  #event = ''
  #data: string[] = []

  take(text: string): void {
    this.#text += text
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.#text)
      if (end === null) return
      const line = this.#text.slice(0, end.index)
      this.#text = this.#text.slice(end.index + end[0].length)
      this.#line(line)
    }
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch()
    if (line.startsWith(':')) {
      this.comments++
      return
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (field === 'event') this.#event = value
    if (field === 'data') this.#data.push(value)
    if (field === 'id' && !value.includes('\0')) this.#id = value
    if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value)
  }

  #dispatch(): void {
    this.lastEventId = this.#id
    if (this.#data.length > 0)
      this.events.push({ id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') })
    this.#event = ''
    this.#data = []
  }
}

export interface StreamOptions {
  readonly headers?: Record<string, string>
  readonly isReading?: boolean
  /** Characters after which the client is cut, wherever that is. */
  readonly cutAfter?: number
}

/** An open stream, and what came of it. */
export class StreamClient {
  readonly parser = new EventStreamParser()
  text = ''
  isEnded = false
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly #answer: IncomingMessage

  private constructor(answer: IncomingMessage) {
    this.#answer = answer
    this.status = answer.statusCode!
    this.headers = answer.headers
    answer.setEncoding('utf8')
    const end = (): void => void (this.isEnded = true)
    answer.on('end', end).on('error', end).on('close', end)
  }

  /** Resolves when the headers have come. */
  static async open(
    url: string,
    key: string | null,
    { headers = {}, isReading = true, cutAfter = Infinity }: StreamOptions = {},
  ): Promise<StreamClient> {
    const authorization = key === null ? {} : { authorization: `Bearer ${key}` }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { headers: { ...authorization, ...headers }, agent: false }, resolve)
        .on('error', reject)
        .end()
    })
    const client = new StreamClient(answer)
    if (isReading) client.read(cutAfter)
    return client
  }

  /** Begins to read, where it did not. */
  read(cutAfter = Infinity): void {
    this.#answer.on('data', (arrived: string) => {
      const text = arrived.slice(0, cutAfter - this.text.length)
      this.text += text
      this.parser.take(text)
      if (this.text.length >= cutAfter) this.cut()
    })
  }

  get events(): readonly StreamEvent[] {
    return this.parser.events
  }

  /** Of NDJSON. */
  get lines(): Record<string, unknown>[] {
    const whole = this.text.slice(0, this.text.lastIndexOf('\n') + 1)
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  /** Ids of the events that came. */
  get eventIds(): string[] {
    return this.events.filter(({ event }) => event !== 'closed').map(({ data }) => idOf(data))
  }

  async has(count: number): Promise<void> {
    await until(() => this.events.length >= count)
  }

  async ended(): Promise<void> {
    await until(() => this.isEnded)
  }

  cut(): void {
    this.#answer.destroy()
  }
}

export function idOf(data: string): string {
  return (JSON.parse(data) as { event_id: string }).event_id
}
