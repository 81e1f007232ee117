import { ExperienceError } from '../base/experience-error.ts'
import type { AppendAnswer } from './append-answer.ts'
import { sleep } from './backoff.ts'
import { ByteRoom } from './byte-room.ts'

/** A server tells by itself of so many refused events. */
const MOST_EVENTS = 1000

/** Events that go to the server together: one, or a list of which all are appended or none. */
interface Waiting {
  readonly lines: Uint8Array
  readonly events: number
  readonly isAtomic: boolean
  readonly settle: (outcome: Outcome) => void
}

/** The error of a request as a whole, or those of events by their place. */
export type Outcome = { readonly error: ExperienceError } | { readonly refused: ReadonlyMap<number, ExperienceError> }

/** Events as a request takes them. */
export interface AppendRequest {
  /** One event a line. */
  readonly body: Uint8Array
  readonly events: number
  readonly isAtomic: boolean
}

export interface AppendQueueParts {
  readonly lingerMs: number
  readonly maxBatchBytes: number
  readonly maxPendingBytes: number
  /** Sends a request until the server has answered. Errors: `ExperienceError`. */
  readonly send: (request: AppendRequest) => Promise<AppendAnswer>
}

/**
 * Sends events in the order in which they come, those that wait together as one request. One request is under way at a time, so that the
 * log has them in that order.
 */
export class AppendQueue {
  readonly #parts: AppendQueueParts
  readonly #room: ByteRoom
  readonly #open = new Set<Promise<Outcome>>()
  #waiting: Waiting[] = []
  #isSending = false
  #isClosed = false
  /** Ends the pause in which others may join. */
  #hurry = new AbortController()

  constructor(parts: AppendQueueParts) {
    this.#parts = parts
    this.#room = new ByteRoom(parts.maxPendingBytes)
  }

  /** Whether an event would not wait for room. */
  get hasRoom(): boolean {
    return this.#room.isFree
  }

  /** What became of events, each the text of an envelope. Waits for room first. Error: `Unavailable`, once the queue is closed. */
  async append(texts: readonly string[], isAtomic = false): Promise<Outcome> {
    this.checkOpen()
    const lines = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(''))
    const outcome = this.#appendLines(lines, texts.length, isAtomic)
    this.#open.add(outcome)
    try {
      return await outcome
    } finally {
      this.#open.delete(outcome)
    }
  }

  /** Resolves when an event may be appended without waiting for room. */
  async ready(): Promise<void> {
    this.checkOpen()
    await this.#room.free()
  }

  /** Resolves when there is an answer for every event that was appended so far. */
  async flush(): Promise<void> {
    this.#hurry.abort()
    await Promise.all(this.#open)
  }

  /** Takes no more events, and flushes. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.flush()
  }

  /** Error: `Unavailable`, once the queue is closed. */
  checkOpen(): void {
    if (this.#isClosed) throw new ExperienceError('Unavailable', 'the store is closed', { retryable: false })
  }

  async #appendLines(lines: Uint8Array, events: number, isAtomic: boolean): Promise<Outcome> {
    await this.#room.take(lines.length)
    try {
      return await new Promise<Outcome>((settle) => {
        this.#waiting.push({ lines, events, isAtomic, settle })
        if (!this.#isSending) void this.#sendAll()
      })
    } finally {
      this.#room.give(lines.length)
    }
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    const { lingerMs, maxBatchBytes } = this.#parts
    // Those that are appended in the same turn share a request, too.
    await Promise.resolve()
    const bytes = this.#waiting.reduce((sum, { lines }) => sum + lines.length, 0)
    if (lingerMs > 0 && bytes < maxBatchBytes) await sleep(lingerMs, this.#hurry.signal).catch(() => undefined)
    while (this.#waiting.length > 0) await this.#sendBatch(this.#nextBatch())
    this.#isSending = false
    this.#hurry = new AbortController()
  }

  /** A list of which all go or none goes by itself. */
  #nextBatch(): readonly Waiting[] {
    let [bytes, events, count] = [0, 0, 0]
    for (const waiting of this.#waiting) {
      bytes += waiting.lines.length
      events += waiting.events
      const fits = bytes <= this.#parts.maxBatchBytes && events <= MOST_EVENTS && !waiting.isAtomic
      if (count > 0 && !fits) break
      count++
      if (waiting.isAtomic) break
    }
    return this.#waiting.splice(0, count)
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const events = batch.reduce((sum, each) => sum + each.events, 0)
    const isAtomic = batch.some((each) => each.isAtomic)
    try {
      const { refused } = await this.#parts.send({ body: joined(batch), events, isAtomic })
      let first = 0
      for (const each of batch) {
        each.settle({ refused: refusedIn(refused, first, each.events) })
        first += each.events
      }
    } catch (error) {
      for (const { settle } of batch) settle({ error: error as ExperienceError })
    }
  }
}

function joined(batch: readonly Waiting[]): Uint8Array {
  const body = new Uint8Array(batch.reduce((sum, { lines }) => sum + lines.length, 0))
  let end = 0
  for (const { lines } of batch) {
    body.set(lines, end)
    end += lines.length
  }
  return body
}

/** The errors of some events of a request, by their place among these. */
function refusedIn(
  refused: ReadonlyMap<number, ExperienceError>,
  first: number,
  count: number,
): ReadonlyMap<number, ExperienceError> {
  const own = new Map<number, ExperienceError>()
  for (const [index, error] of refused) if (index >= first && index < first + count) own.set(index - first, error)
  return own
}
