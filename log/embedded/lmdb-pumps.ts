import { partitionText } from '../../base/position.ts'
import type { LmdbPartitionPump } from './lmdb-partition-pump.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'
import type { FoundPartitions } from './lmdb-watch.ts'

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
  /** Partitions whose names are taken. */
  readonly #waiting = new Map<string, LmdbPartitionReader>()

  constructor(options: LmdbPumpsOptions) {
    this.#options = options
    const endAll = (): void => {
      for (const { gone } of this.#running.values()) gone.abort(options.end.reason)
    }
    options.end.addEventListener('abort', endAll, { once: true })
  }

  /** Starts the pumps that are missing; where all partitions were found, ends those of others. */
  adjust({ areAll, readers }: FoundPartitions): void {
    if (areAll) {
      const there = new Set(readers.map(({ id }) => id))
      for (const [id, { gone }] of this.#running) if (!there.has(id)) gone.abort()
      this.#waiting.clear()
    }
    for (const reader of readers) {
      const name = partitionText(reader.partition)
      if (!this.#taken.has(name)) this.#start(reader)
      else if (!this.#running.has(reader.id)) this.#waiting.set(name, reader)
    }
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
    const name = partitionText(reader.partition)
    // Not one that follows `end`: of ten thousand those take half a second and 100 MB.
    const gone = new AbortController()
    const pump = start(reader)
    const ended = pump
      .run(gone.signal)
      .catch(failed)
      .finally(() => {
        this.#running.delete(reader.id)
        this.#taken.delete(name)
        if (!end.aborted) this.#startWaiting(name)
      })
    this.#running.set(reader.id, { pump, gone, ended })
    this.#taken.add(name)
  }

  #startWaiting(name: string): void {
    const reader = this.#waiting.get(name)
    if (reader === undefined) return
    this.#waiting.delete(name)
    this.#start(reader)
  }
}
