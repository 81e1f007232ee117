import { deliverUntilHandled } from '../deliver-until-handled.ts'
import type { BatchHandler, Offset, PartitionClaim, RecordBatch, StoredRecord } from '../event-log.ts'
import type { Slots } from '../slots.ts'
import { WakeUp } from '../wake-up.ts'
import type { FetchTarget } from './kafka-fetcher.ts'

export interface ClaimedPartitionOptions {
  readonly handler: BatchHandler
  readonly slots: Slots
  readonly batchBytes: number
  readonly lingerMs: number
  /** Is told the bytes of each batch once it was handled. */
  readonly release: (bytes: number) => void
}

interface Waiting {
  readonly first: Offset
  readonly records: StoredRecord[]
  readonly since: number
  bytes: number
}

/**
 * A partition from its assignment to its revocation: takes what is fetched, and delivers it batch by batch. What is fetched
 * while a batch is handled becomes the next one, which so grows with the load, up to `batchBytes` and one fetch.
 */
export class ClaimedPartition implements FetchTarget {
  readonly topic: string
  readonly partition: number
  readonly #claim: PartitionClaim
  readonly #options: ClaimedPartitionOptions
  readonly #arrived = new WakeUp()
  #position: Offset
  #waiting: Waiting | undefined

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

  wantsMore(): boolean {
    return (this.#waiting?.bytes ?? 0) < this.#options.batchBytes
  }

  accept(batch: RecordBatch, bytes: number): void {
    this.#waiting ??= { first: batch.first, records: [], since: Date.now(), bytes: 0 }
    for (const record of batch.records) this.#waiting.records.push(record)
    this.#waiting.bytes += bytes
    this.#position = batch.next
    this.#arrived.ring()
  }

  /** Delivers until the signal aborts; a handler under way is waited for. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const waiting = this.#waiting
      const left = waiting === undefined ? undefined : waiting.since + this.#options.lingerMs - Date.now()
      if (left === undefined || (left > 0 && this.wantsMore())) await this.#arrived.wait(end, left)
      else await this.#options.slots.run(() => this.#deliver(end))
    }
  }

  async #deliver(end: AbortSignal): Promise<void> {
    const waiting = this.#waiting
    if (waiting === undefined || end.aborted) return
    this.#waiting = undefined
    const { topic, partition } = this
    const batch = { topic, partition, first: waiting.first, next: this.#position, records: waiting.records }
    await deliverUntilHandled(batch, this.#claim, this.#options.handler, end)
    this.#options.release(waiting.bytes)
  }
}
