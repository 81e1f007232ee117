import type { Offset } from '../../../base/position.ts'
import type { ReadRange } from '../../event-log.ts'
import type { RecordBatch } from '../../record.ts'
import type { FetchTarget } from './fetch-target.ts'

/** A batch that was fetched, and the bytes that it holds until it is released. */
export interface QueuedBatch {
  readonly target: QueueTarget
  readonly batch: RecordBatch
  readonly bytes: number
}

export interface QueueTargetOptions extends Omit<ReadRange, 'to'> {
  /** Where to end. Default: never. */
  readonly to?: Offset
  /** Bytes to ask for at a time. */
  readonly partitionBytes: number
  readonly deliver: (queued: QueuedBatch) => void
}

/** A partition that is fetched from one place on into a queue. */
export class QueueTarget implements FetchTarget {
  readonly topic: string
  readonly partition: number
  readonly limit: Offset | undefined
  readonly #options: QueueTargetOptions
  #position: Offset

  constructor(options: QueueTargetOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.limit = options.to
    this.#options = options
    this.#position = options.from
  }

  get position(): Offset {
    return this.#position
  }

  room(): number {
    const isDone = this.limit !== undefined && this.#position >= this.limit
    return isDone ? 0 : this.#options.partitionBytes
  }

  accept(batch: RecordBatch, bytes: number): void {
    this.#position = batch.next
    this.#options.deliver({ target: this, batch, bytes })
  }
}
