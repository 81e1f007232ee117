import { deliverUntilHandled } from '../../deliver-until-handled.ts'
import type { Offset } from '../../../base/position.ts'
import { Postponed, type ClaimedBatch, type PartitionClaim } from '../../group-consumer.ts'
import type { RecordBatch, StoredRecord } from '../../record.ts'
import type { Gathering, WaitingRange } from '../../gathering.ts'
import type { Permits } from '../../../base/permits.ts'
import { WakeUp } from '../../../base/waiting.ts'
import type { FetchTarget } from './fetch-target.ts'

/** What the partitions of one consumer share. */
export interface ClaimedPartitionOptions {
  readonly gathering: Gathering
  /** Ranges at a time that are fetched once more. */
  readonly refetches: Permits
  readonly batchBytes: number
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

/** Consecutive records of the partition. */
interface Held {
  readonly first: Offset
  readonly records: StoredRecord[]
  bytes: number
}

/**
 * A partition from its assignment to its revocation: takes what is fetched, and delivers it batch by batch. What is fetched
 * while a batch is handled becomes the next one, which so grows with the load, up to `batchBytes` and one fetch.
 *
 * While a batch fails nothing more is fetched, and its records are dropped where failed ones hold much memory already. Its
 * range is then fetched once more, as it was.
 */
export class ClaimedPartition implements FetchTarget, WaitingRange {
  readonly topic: string
  readonly partition: number
  readonly #claim: PartitionClaim
  readonly #options: ClaimedPartitionOptions
  readonly #arrived = new WakeUp()
  readonly #ending = new AbortController()
  #mode: 'reading' | 'failing' | 'refetching' = 'reading'
  #position: Offset
  #limit: Offset | undefined
  #isBehind = false
  #waiting: Held | undefined
  /** The range that is delivered, until it is handled: it comes again as it was. */
  #range: { readonly first: Offset; readonly next: Offset } | undefined
  /** Its records; undefined where they have to be fetched once more. */
  #held: Held | undefined

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
    this.#waiting ??= { first: batch.first, records: [], bytes: 0 }
    for (const record of batch.records) this.#waiting.records.push(record)
    this.#waiting.bytes += bytes
    this.#position = batch.next
    this.#options.gathering.grew(this)
    this.#arrived.ring()
  }

  get isBehind(): boolean {
    return this.#isBehind
  }

  bytes(): number {
    return (this.#held ?? this.#waiting)?.bytes ?? 0
  }

  take(): ClaimedBatch | null {
    this.#held ??= this.#takeWaiting()
    if (this.#held === undefined) return null
    this.#range ??= { first: this.#held.first, next: this.#position }
    const { topic, partition } = this
    return { batch: { ...this.#range, topic, partition, records: this.#held.records }, claim: this.#claim }
  }

  /** Delivers until `end`; a handler under way is waited for. */
  async run(): Promise<void> {
    const ended = this.#ending.signal
    while (!ended.aborted) {
      if (this.#waiting === undefined) await this.#arrived.wait(ended)
      else await this.#deliverWaiting()
    }
    this.#drop(this.#waiting)
    this.#waiting = undefined
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted
  }

  end(): void {
    this.#ending.abort()
  }

  /** Delivers what waits, and what comes until it is taken, until it is handled. */
  async #deliverWaiting(): Promise<void> {
    const { gathering, refetches, retained } = this.#options
    const ended = this.#ending.signal
    let kept = 0
    await deliverUntilHandled(async () => {
      retained.give(kept)
      kept = 0
      try {
        const dropped = this.#held === undefined ? this.#range : undefined
        if (dropped === undefined) await gathering.deliver(this, ended)
        else {
          await refetches.run(async () => {
            this.#held = await this.#refetch(dropped.first, dropped.next)
            await gathering.deliver(this, ended)
          })
        }
      } catch (error) {
        if (this.#range !== undefined) this.#stopReading(this.#range.next)
        if (this.#held !== undefined && !isForLong(error) && retained.tryKeep(this.#held.bytes)) {
          kept = this.#held.bytes
        } else this.#dropHeld()
        throw error
      }
    }, ended)
    retained.give(kept)
    this.#dropHeld()
    this.#range = undefined
    this.#mode = 'reading'
    // There is room again.
    this.#options.release(0)
  }

  #takeWaiting(): Held | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    // What follows is fetched while this is handled.
    this.#options.release(0)
    return waiting
  }

  #dropHeld(): void {
    this.#drop(this.#held)
    this.#held = undefined
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

  async #refetch(first: Offset, next: Offset): Promise<Held | undefined> {
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

/** Whether a range waits so long that nothing of it is kept. */
function isForLong(error: unknown): boolean {
  return error instanceof Postponed && !error.isBrief
}
