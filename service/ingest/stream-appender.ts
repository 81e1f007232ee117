import { CR, SPACE, TAB } from '../../base/characters.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { EachAnswer } from '../../producers/each-append.ts'
import type { EncodedEvents, EventProducer } from '../../producers/event-producer.ts'
import { OffsetRanges } from './offset-ranges.ts'
import type { Line } from './read-lines.ts'

/** Where an event stood in what was sent. */
export interface EventPlace {
  /** Its number among the events, from 0. */
  readonly index: number
  /** The number of its line, from 1; null where events do not stand on lines. */
  readonly line: number | null
}

export interface StreamAppenderOptions {
  /** Whose events are taken; null for all. */
  readonly tenant: string | null
  /** Bytes, as they were sent, of which the log may not have answered for more; asked each time. */
  readonly windowBytes: () => number
  /** Ranges of positions that are remembered of a partition. Default: all. */
  readonly mostRanges?: number
  /** Told of each event that was not appended: it is wrong (`InvalidQuery`), or the log failed, and may hold it. */
  readonly refused: (place: EventPlace, error: ExperienceError) => void
}

/** Appends events of one sender as they come, and remembers where. Whoever brings them waits for `ready`. */
export class StreamAppender {
  readonly appended: OffsetRanges
  readonly #producer: EventProducer
  readonly #options: StreamAppenderOptions
  #accepted = 0
  #taken = 0
  #heldBytes = 0
  #fault: ExperienceError | null = null
  readonly #waiting: (() => void)[] = []

  constructor(producer: EventProducer, options: StreamAppenderOptions) {
    this.#producer = producer
    this.#options = options
    this.appended = new OffsetRanges(options.mostRanges)
  }

  get accepted(): number {
    return this.#accepted
  }

  /** Events that came so far, also those that were refused. */
  get taken(): number {
    return this.#taken
  }

  /** What the log failed with first. From then on nothing more should be brought. */
  get fault(): ExperienceError | null {
    return this.#fault
  }

  /** Takes events of a list. */
  append(events: EncodedEvents): void {
    const base = this.#taken
    this.#taken += events.list.length
    this.#appendEach(events, (place) => ({ index: base + place, line: null }))
  }

  /** Takes the events that stand on lines; those that are blank hold none. `maxBytes` is told where a line was too long to be read. */
  appendLines(lines: readonly Line[], maxBytes: number): void {
    const list: Uint8Array[] = []
    const places: EventPlace[] = []
    for (const { number: line, bytes } of lines) {
      if (bytes === null) {
        const message = `document: a line may take ${maxBytes} bytes at most`
        this.#refuse(line, new ExperienceError('InvalidQuery', message, { field: 'document' }))
      } else if (!isBlank(bytes)) {
        list.push(bytes)
        places.push({ index: this.#taken++, line })
      }
    }
    this.#appendEach({ form: 'json', list }, (place) => places[place]!)
  }

  /** Counts an event that came, and is not appended. */
  refuseNext(error: ExperienceError): void {
    this.#refuse(null, error)
  }

  /** Resolves when there is room for more, or the log has failed. */
  async ready(): Promise<void> {
    while (this.#heldBytes > this.#options.windowBytes() && this.#fault === null) await this.#change()
  }

  /** Resolves when everything that was taken is answered for. */
  async settled(): Promise<void> {
    while (this.#heldBytes > 0) await this.#change()
  }

  #refuse(line: number | null, error: ExperienceError): void {
    this.#options.refused({ index: this.#taken++, line }, error)
  }

  #appendEach(events: EncodedEvents, placeOf: (place: number) => EventPlace): void {
    if (events.list.length === 0) return
    let bytes = 0
    for (const each of events.list) bytes += each.length
    // What is empty is under way as well.
    bytes += events.list.length
    const answer: EachAnswer = {
      stored: (_, position) => {
        this.#accepted++
        this.appended.add(position)
      },
      failed: (place, error) => {
        if (error.code !== 'InvalidQuery') this.#fault ??= error
        this.#options.refused(placeOf(place), error)
      },
      settled: () => {
        this.#heldBytes -= bytes
        for (const resume of this.#waiting.splice(0)) resume()
      },
    }
    this.#heldBytes += bytes
    try {
      this.#producer.appendEach(events, this.#options.tenant, answer)
    } catch (error) {
      // It is closed, and will not answer.
      answer.settled()
      throw error
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

/** Whether a line holds nothing but white space. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === SPACE || byte === TAB || byte === CR)
}
