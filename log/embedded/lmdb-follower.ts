import type { Offset } from '../../base/position.ts'
import type { FollowOptions, LogFollower } from '../event-log.ts'
import type { RecordBatch } from '../record.ts'
import { WakeUp } from '../../base/waiting.ts'
import type { AppendSignal } from './append-signal.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'
import type { LmdbWatch } from './lmdb-watch.ts'

const BATCH_BYTES = 256 * 1024

export interface LmdbFollowerOptions extends FollowOptions {
  /** What tells this data directory's log from every other. */
  readonly identity: string
  /** How often to look for what other processes appended, ms. */
  readonly pollMs: number
  readonly appended: AppendSignal
  readonly watch: LmdbWatch
  readonly closed: () => void
}

interface Followed {
  readonly reader: LmdbPartitionReader
  position: Offset
}

/** Follows partitions of the embedded log: reads nothing ahead, and takes turns between those that have grown. */
export class LmdbFollower implements LogFollower {
  readonly #options: LmdbFollowerOptions
  readonly #closing = new AbortController()
  readonly #changed = new WakeUp()
  readonly #followed = new Map<string, Followed>()
  /** Partitions that may have grown, the one whose turn is next first. */
  readonly #grown = new Set<string>()
  #discoverAt = 0

  constructor(options: LmdbFollowerOptions) {
    this.#options = options
    options.appended.on('appended', this.#onAppended)
    try {
      this.#discover()
    } catch (error) {
      options.appended.off('appended', this.#onAppended)
      throw error
    }
  }

  async next(): Promise<RecordBatch | null> {
    while (!this.#closing.signal.aborted) {
      this.#look()
      const batch = this.#read()
      if (batch !== null) {
        // Reading takes no I/O wait, so that without this a long backlog would keep the process from anything else.
        await new Promise((resolve) => setImmediate(resolve))
        return batch
      }
      await this.#changed.wait(this.#closing.signal, this.#options.pollMs)
    }
    return null
  }

  async close(): Promise<void> {
    this.#options.appended.off('appended', this.#onAppended)
    this.#closing.abort()
    this.#options.closed()
  }

  /** An append to a partition that is not known may be the first of a topic. */
  readonly #onAppended = (partitions: ReadonlySet<string>): void => {
    for (const id of partitions) {
      if (this.#followed.has(id)) this.#grown.add(id)
      else this.#discoverAt = 0
    }
    this.#changed.ring()
  }

  #look(): void {
    const grown = this.#options.watch.grownElsewhere()
    for (const id of grown === 'any' ? this.#followed.keys() : grown) {
      if (this.#followed.has(id)) this.#grown.add(id)
    }
    if (performance.now() >= this.#discoverAt) this.#discover()
  }

  #discover(): void {
    const { watch, discoveryMs } = this.#options
    const found = watch.partitions()
    try {
      if (found?.areAll === true) this.#dropAllBut(new Set(found.readers.map(({ id }) => id)))
      for (const reader of found?.readers ?? []) this.#begin(reader)
    } catch (error) {
      watch.beginAnew()
      throw error
    }
    this.#discoverAt = performance.now() + discoveryMs
  }

  #begin(reader: LmdbPartitionReader): void {
    const { begin, identity } = this.#options
    if (this.#followed.has(reader.id)) return
    const position = begin({ ...reader.offsets(), topicId: `${identity}/${reader.topicId}` })
    this.#followed.set(reader.id, { reader, position })
    this.#grown.add(reader.id)
  }

  #dropAllBut(there: ReadonlySet<string>): void {
    for (const [id, { reader }] of this.#followed) {
      if (there.has(id)) continue
      this.#followed.delete(id)
      this.#grown.delete(id)
      this.#options.end(reader.partition)
    }
  }

  #read(): RecordBatch | null {
    for (const id of this.#grown) {
      this.#grown.delete(id)
      const followed = this.#followed.get(id)
      const head = followed?.reader.head().next ?? 0n
      if (followed === undefined || followed.position >= head) continue
      const batch = followed.reader.batch(followed.position, head as Offset, BATCH_BYTES)
      if (batch === null) continue
      followed.position = batch.next
      if (batch.next < head) this.#grown.add(id)
      return batch
    }
    return null
  }
}
