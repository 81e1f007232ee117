import { ExperienceError } from '../../base/experience-error.ts'
import type { Permits } from '../../base/permits.ts'
import { pause } from '../../base/waiting.ts'
import type { EventLog, ReadRange } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { EnvelopeDecoders } from '../envelope-decoders.ts'
import type { ItemContent } from '../subscription/items.ts'
import { removedBefore } from '../subscription/removed-before.ts'
import type { LiveQueue } from './live-queue.ts'
import { LiveRecord } from './live-record.ts'
import { partsOf, Turn } from './turns.ts'

/** A reader that is behind reads at most so long before others have their turn, from when the first records are there, ms. */
const PASS_MS = 2000
/** How much of that it may wait for room: who takes no more meanwhile must not keep others from reading. */
const WAIT_FOR_ROOM_MS = 500
/** How long to wait where the log gives nothing, or fails for a while, ms. */
const AGAIN_MS = 200

export interface CatchUpParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly decoders: EnvelopeDecoders
  /** Readers that read from the log at once. */
  readonly permits: Permits
}

/** Who is behind. */
export interface Behind {
  readonly queue: LiveQueue
  /** Changes whenever a partition begins or ends, so that a reading under way is left that may be of a topic that is gone. */
  readonly changes: number
  /** What it reads next; nothing where it has come up with the head. */
  ranges(): ReadRange[]
  /** Nothing is left to read. */
  attach(): void
  /** Takes in what was read as far as there is room; tells whether it has come further. */
  takeIn(batch: RecordBatch, records: readonly LiveRecord[], lost: ItemContent | null): boolean
}

/** Reads on from the log for a reader that is behind, while that takes what has come: in passes, so that all who are behind come on. */
export class CatchUp {
  readonly #parts: CatchUpParts
  readonly #behind: Behind
  readonly #ending: AbortSignal
  #pass: Promise<void> | null = null
  #failure: unknown

  constructor(parts: CatchUpParts, behind: Behind, ending: AbortSignal) {
    this.#parts = parts
    this.#behind = behind
    this.#ending = ending
  }

  /** Begins a pass, unless one is under way; the queue wakes who waits when it is over. Error: `StorageError`, of the pass before. */
  start(): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#pass ??= this.#run().finally(() => {
      this.#pass = null
      this.#behind.queue.wake()
    })
  }

  /** Resolves when no pass is under way. */
  async settled(): Promise<void> {
    await this.#pass
  }

  async #run(): Promise<void> {
    if (this.#behind.ranges().length === 0) {
      this.#behind.attach()
      return
    }
    let isNearer = false
    try {
      isNearer = await this.#parts.permits.run(() => this.#read())
    } catch (error) {
      if (!(error instanceof ExperienceError && error.retryable)) this.#failure = error
    }
    if (!isNearer) await pause(AGAIN_MS, this.#ending)
  }

  /** Whether it has come further. */
  async #read(): Promise<boolean> {
    const { log, topics, decoders } = this.#parts
    const behind = this.#behind
    const { changes } = behind
    const isLeft = (): boolean => this.#ending.aborted || behind.changes !== changes
    let until: number | null = null
    const turn = new Turn()
    let waitMs = WAIT_FOR_ROOM_MS
    let isNearer = false
    // It may have been ended while others read.
    if (isLeft()) return true
    for await (const batch of log.read(behind.ranges())) {
      const lost = await removedBefore(log, batch)
      const found = await decoders.findFor(batch.records)
      until ??= performance.now() + PASS_MS
      for (const [index, part] of partsOf(batch).entries()) {
        await turn.pass()
        const records = part.records.map((stored) => new LiveRecord(stored, found, topics))
        for (let left = index === 0 ? lost : null; ; left = null) {
          if (isLeft()) return true
          isNearer = behind.takeIn(part, records, left) || isNearer
          if (performance.now() > until) return isNearer
          if (!behind.queue.isFull) break
          const waitsFrom = performance.now()
          await behind.queue.waitForRoom(this.#ending, waitMs)
          waitMs -= performance.now() - waitsFrom
          if (behind.queue.isFull) return isNearer
        }
      }
    }
    return isNearer
  }
}
