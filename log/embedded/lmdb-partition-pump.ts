import { deliverUntilHandled } from '../deliver-until-handled.ts'
import type { Offset } from '../../base/position.ts'
import type { BatchHandler, ConsumerOptions, PartitionClaim } from '../event-log.ts'
import type { Permits } from '../../base/permits.ts'
import { WakeUp } from '../../base/waiting.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'

export interface LmdbPartitionPumpOptions extends ConsumerOptions {
  readonly handler: BatchHandler
  /** A batch is read only once it has a permit, which bounds the memory of a consumer of many partitions. */
  readonly permits: Permits
}

/** Delivers the batches of one partition, one after another, from what the group has committed on. */
export class LmdbPartitionPump {
  readonly #reader: LmdbPartitionReader
  readonly #claim: PartitionClaim
  readonly #options: LmdbPartitionPumpOptions
  readonly #appended = new WakeUp()
  #position: Offset

  constructor(reader: LmdbPartitionReader, claim: PartitionClaim, options: LmdbPartitionPumpOptions) {
    this.#reader = reader
    this.#claim = claim
    this.#options = options
    this.#position = claim.committed?.offset ?? reader.offsets().earliest
  }

  /** To be called when the partition may have grown. */
  wake(): void {
    this.#appended.ring()
  }

  /** Runs until the signal aborts; a handler under way is waited for. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await this.#waitForBatch(end)
      await this.#deliver(end)
    }
  }

  /** Delivers one range until it is handled. Its records are read anew each time, so that a back-off holds none. */
  async #deliver(end: AbortSignal): Promise<void> {
    const { permits, handler, batchBytes } = this.#options
    let next: Offset | undefined
    const deliver = (): Promise<void> =>
      permits.run(async () => {
        end.throwIfAborted()
        const batch =
          next === undefined
            ? this.#reader.batch(this.#position, this.#reader.head().next, batchBytes)
            : this.#reader.batch(this.#position, next, Infinity)
        if (batch === null) return
        next = batch.next
        await handler(batch, this.#claim)
      })
    if ((await deliverUntilHandled(deliver, end)) && next !== undefined) this.#position = next
  }

  /** Resolves when a full batch is there, or a smaller one that has waited long enough for more, or the signal aborts. */
  async #waitForBatch(end: AbortSignal): Promise<void> {
    while (!end.aborted && this.#reader.head().next <= this.#position) await this.#appended.wait(end)
    const deadline = performance.now() + this.#options.lingerMs
    while (!end.aborted && this.#reader.bytesFrom(this.#position) < this.#options.batchBytes) {
      const left = deadline - performance.now()
      if (left <= 0) return
      await this.#appended.wait(end, left)
    }
  }
}
