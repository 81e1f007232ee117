import { deliverUntilHandled } from '../deliver-until-handled.ts'
import type { Offset } from '../../base/position.ts'
import type { ClaimedBatch, PartitionClaim } from '../group-consumer.ts'
import type { Gathering, WaitingRange } from '../gathering.ts'
import { WakeUp } from '../../base/waiting.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'

export interface LmdbPartitionPumpOptions {
  readonly gathering: Gathering
  /** Bytes of one batch. */
  readonly batchBytes: number
}

/** Delivers the batches of one partition, one after another, from what the group has committed on. */
export class LmdbPartitionPump implements WaitingRange {
  readonly #reader: LmdbPartitionReader
  readonly #claim: PartitionClaim
  readonly #options: LmdbPartitionPumpOptions
  readonly #appended = new WakeUp()
  #position: Offset
  /** Where the range ends that is delivered, or is to be delivered again. */
  #next: Offset | undefined

  constructor(reader: LmdbPartitionReader, claim: PartitionClaim, options: LmdbPartitionPumpOptions) {
    this.#reader = reader
    this.#claim = claim
    this.#options = options
    this.#position = claim.committed?.offset ?? reader.offsets().earliest
  }

  /** To be called when the partition may have grown. */
  wake(): void {
    this.#appended.ring()
    this.#options.gathering.grew(this)
  }

  bytes(): number {
    return Math.min(this.#reader.bytesFrom(this.#position), this.#options.batchBytes)
  }

  /** A small batch waits for what is appended meanwhile, of which nothing is behind. */
  readonly isBehind = false

  /** Records are read only when they are handed over, and anew each time, so that nothing is held that waits. */
  take(): ClaimedBatch | null {
    const batch =
      this.#next === undefined
        ? this.#reader.batch(this.#position, this.#reader.head().next, this.#options.batchBytes)
        : this.#reader.batch(this.#position, this.#next, Infinity)
    if (batch === null) return null
    this.#next = batch.next
    return { batch, claim: this.#claim }
  }

  /** Runs until the signal aborts; a handler under way is waited for. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      while (!end.aborted && this.#reader.head().next <= this.#position) await this.#appended.wait(end)
      const isHandled = await deliverUntilHandled(() => this.#options.gathering.deliver(this, end), end)
      if (isHandled && this.#next !== undefined) this.#position = this.#next
      this.#next = undefined
    }
  }
}
