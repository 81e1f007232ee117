import { deliverUntilHandled } from '../../deliver-until-handled.ts'
import type { Offset } from '../../../base/position.ts'
import {
  Postponed,
  type BatchHandler,
  type PartitionClaim,
  type RecordBatch,
  type StoredRecord,
} from '../../event-log.ts'
import type { Permits } from '../../../base/permits.ts'
import { WakeUp } from '../../../base/waiting.ts'
import type { FetchTarget } from './fetch-target.ts'

/** What the partitions of one consumer share. */
export interface ClaimedPartitionOptions {
  readonly handler: BatchHandler
  /** Handlers that run at a time. */
  readonly permits: Permits
  /** Ranges at a time that are fetched once more. */
  readonly refetches: Permits
  readonly batchBytes: number
  readonly lingerMs: number
  /** Is told of bytes that are no longer held, and with 0 of room for others. */
  readonly release: (bytes: number) => void
  /** What batches that wait to be tried again hold in memory. */
  readonly retained: RetainedBytes
}

/** Bounds what is kept of batches that failed: those of others must not find the buffer full of them. */
export class RetainedBytes {
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  tryKeep(bytes: number): boolean {
    if (this.#bytes + bytes > this.#limit) return false
    this.#bytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}

/**
 * How long a partition with a backlog waits for a batch of full size after the last one, ms: what is inserted in larger parts is
 * merged less often. Not longer, since the buffer may be full of other partitions' records.
 */
const CATCH_UP_MS = 250

/** Consecutive records of the partition. */
interface Held {
  readonly first: Offset
  readonly records: StoredRecord[]
  readonly since: number
  bytes: number
}

/**
 * A partition from its assignment to its revocation: takes what is fetched, and delivers it batch by batch. What is fetched
 * while a batch is handled becomes the next one, which so grows with the load, up to `batchBytes` and one fetch; where there is a
 * backlog, a little longer is waited for that size.
 *
 * While a batch fails nothing more is fetched, and its records are dropped where failed ones hold much memory already. Its
 * range is then fetched once more, as it was.
 */
export class ClaimedPartition implements FetchTarget {
  readonly topic: string
  readonly partition: number
  readonly #claim: PartitionClaim
  readonly #options: ClaimedPartitionOptions
  readonly #arrived = new WakeUp()
  readonly #ending = new AbortController()
  #isBehind = false
  #handledAt = 0
  #mode: 'reading' | 'failing' | 'refetching' = 'reading'
  #position: Offset
  #limit: Offset | undefined
  #waiting: Held | undefined

  constructor(claim: PartitionClaim, start: Offset, options: ClaimedPartitionOptions) {
    this.topic = claim.topic
    this.partition = claim.partition
    this.#claim = claim
    this.#position = start
    this.#options = options
  }

  get position(): Offset {
    return this.#position
  }

  get limit(): Offset | undefined {
    return this.#limit
  }

  get isUrgent(): boolean {
    return this.#mode === 'refetching'
  }

  room(): number {
    if (this.#mode === 'failing' || this.#ending.signal.aborted) return 0
    if (this.#mode === 'refetching') return this.#position === this.#limit ? 0 : this.#options.batchBytes
    return Math.max(0, this.#options.batchBytes - (this.#waiting?.bytes ?? 0))
  }

  accept(batch: RecordBatch, bytes: number, isBehind: boolean): void {
    this.#isBehind = isBehind
    this.#waiting ??= { first: batch.first, records: [], since: performance.now(), bytes: 0 }
    for (const record of batch.records) this.#waiting.records.push(record)
    this.#waiting.bytes += bytes
    this.#position = batch.next
    this.#arrived.ring()
  }

  /** Delivers until `end`; a handler under way is waited for. */
  async run(): Promise<void> {
    const { lingerMs } = this.#options
    const ended = this.#ending.signal
    while (!ended.aborted) {
      const left =
        this.#waiting === undefined ? undefined : this.#deliverAt(this.#waiting, lingerMs) - performance.now()
      if (left === undefined || (left > 0 && this.room() > 0)) await this.#arrived.wait(ended, left)
      else await this.#deliverWaiting()
    }
    this.#drop(this.#waiting)
    this.#waiting = undefined
  }

  /** When what waits is delivered though more would fit. */
  #deliverAt({ since }: Held, lingerMs: number): number {
    return this.#isBehind ? Math.max(since + lingerMs, this.#handledAt + CATCH_UP_MS) : since + lingerMs
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted
  }

  end(): void {
    this.#ending.abort()
  }

  /** Delivers what waits, and what comes while it waits for a permit, until it is handled. */
  async #deliverWaiting(): Promise<void> {
    const { permits, refetches, retained } = this.#options
    let range: { readonly first: Offset; readonly next: Offset } | undefined
    let held: Held | undefined
    let kept = 0
    await deliverUntilHandled(async () => {
      retained.give(kept)
      kept = 0
      const attempt = (): Promise<void> =>
        permits.run(async () => {
          this.#ending.signal.throwIfAborted()
          held ??= this.#takeWaiting()
          range ??= { first: held.first, next: this.#position }
          await this.#options.handler({ ...range, ...this.#named, records: held.records }, this.#claim)
        })
      try {
        const dropped = held === undefined ? range : undefined
        if (dropped === undefined) await attempt()
        else {
          await refetches.run(async () => {
            held = await this.#refetch(dropped.first, dropped.next)
            await attempt()
          })
        }
      } catch (error) {
        if (range !== undefined) this.#stopReading(range.next)
        if (held !== undefined && !(error instanceof Postponed) && retained.tryKeep(held.bytes)) kept = held.bytes
        else {
          this.#drop(held)
          held = undefined
        }
        throw error
      }
    }, this.#ending.signal)
    retained.give(kept)
    this.#drop(held)
    this.#mode = 'reading'
    this.#handledAt = performance.now()
    // There is room again.
    this.#options.release(0)
  }

  get #named(): { readonly topic: string; readonly partition: number } {
    return { topic: this.topic, partition: this.partition }
  }

  #takeWaiting(): Held {
    const waiting = this.#waiting
    if (waiting === undefined) throw new Error('there is nothing to deliver')
    this.#waiting = undefined
    return waiting
  }

  #drop(held: Held | undefined): void {
    if (held !== undefined) this.#options.release(held.bytes)
  }

  /** What was fetched beyond the range that failed is let go; reading goes on there once the range is handled. */
  #stopReading(next: Offset): void {
    this.#mode = 'failing'
    this.#drop(this.#waiting)
    this.#waiting = undefined
    this.#position = next
    this.#limit = undefined
  }

  async #refetch(first: Offset, next: Offset): Promise<Held> {
    const ended = this.#ending.signal
    this.#position = first
    this.#limit = next
    this.#mode = 'refetching'
    this.#options.release(0)
    while (this.#position < next && !ended.aborted) await this.#arrived.wait(ended)
    ended.throwIfAborted()
    this.#mode = 'failing'
    this.#limit = undefined
    return this.#takeWaiting()
  }
}
