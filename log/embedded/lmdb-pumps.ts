import { partitionText } from '../../base/position.ts'
import type { LmdbPartitionPump } from './lmdb-partition-pump.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'

export interface LmdbPumpsOptions {
  readonly start: (reader: LmdbPartitionReader) => LmdbPartitionPump
  /** Ends all pumps. */
  readonly end: AbortSignal
  /** Told of an error that ended a pump. */
  readonly failed: (error: unknown) => void
}

interface Running {
  readonly pump: LmdbPartitionPump
  readonly gone: AbortController
  readonly ended: Promise<void>
}

/** The pumps of a group's owner: one for each partition whose topic exists. */
export class LmdbPumps {
  readonly #options: LmdbPumpsOptions
  readonly #running = new Map<string, Running>()
  /** Partitions by name that have a pump, be it of a topic that was deleted and whose last batch is being handled. */
  readonly #taken = new Set<string>()

  constructor(options: LmdbPumpsOptions) {
    this.#options = options
  }

  /** Ends the pumps of partitions that are not among these, and starts those that are missing. */
  adjust(readers: readonly LmdbPartitionReader[]): void {
    const there = new Set(readers.map(({ id }) => id))
    for (const [id, { gone }] of this.#running) if (!there.has(id)) gone.abort()
    for (const reader of readers) if (!this.#taken.has(partitionText(reader.partition))) this.#start(reader)
  }

  /** Tells the pumps of these partitions that they may have grown, or all of them. Answers whether each has one. */
  wake(ids: Iterable<string> = this.#running.keys()): boolean {
    let allKnown = true
    for (const id of ids) {
      const running = this.#running.get(id)
      if (running === undefined) allKnown = false
      else running.pump.wake()
    }
    return allKnown
  }

  /** Waits for the handlers under way. To be called when `end` has aborted. */
  async drain(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  #start(reader: LmdbPartitionReader): void {
    const { start, end, failed } = this.#options
    const gone = new AbortController()
    const pump = start(reader)
    const ended = pump
      .run(AbortSignal.any([end, gone.signal]))
      .catch(failed)
      .finally(() => {
        this.#running.delete(reader.id)
        this.#taken.delete(partitionText(reader.partition))
      })
    this.#running.set(reader.id, { pump, gone, ended })
    this.#taken.add(partitionText(reader.partition))
  }
}
