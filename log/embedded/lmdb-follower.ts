import type { Offset } from '../../base/position.ts'
import type { FollowOptions, LogFollower, RecordBatch } from '../event-log.ts'
import { WakeUp } from '../../base/waiting.ts'
import type { AppendSignal } from './append-signal.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'

const BATCH_BYTES = 256 * 1024

export interface LmdbFollowerOptions extends FollowOptions {
  /** What tells this data directory's log from every other. */
  readonly identity: string
  /** How often to look for what other processes appended, ms. */
  readonly pollMs: number
  readonly appended: AppendSignal
  /** The partitions of the topics that are followed. */
  readonly partitions: () => LmdbPartitionReader[]
  /** A number that changes when another process appends. */
  readonly foreignAppends: () => number
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
  #foreign: number

  constructor(options: LmdbFollowerOptions) {
    this.#options = options
    this.#foreign = options.foreignAppends()
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
    const foreign = this.#options.foreignAppends()
    if (foreign !== this.#foreign) {
      this.#foreign = foreign
      for (const id of this.#followed.keys()) this.#grown.add(id)
    }
    if (performance.now() >= this.#discoverAt) this.#discover()
  }

  #discover(): void {
    const { partitions, begin, end, identity, discoveryMs } = this.#options
    const there = new Map(partitions().map((reader) => [reader.id, reader]))
    for (const [id, { reader }] of this.#followed) {
      if (there.has(id)) continue
      this.#followed.delete(id)
      this.#grown.delete(id)
      end(reader.partition)
    }
    for (const [id, reader] of there) {
      if (this.#followed.has(id)) continue
      const position = begin({ ...reader.offsets(), topicId: `${identity}/${reader.topicId}` })
      this.#followed.set(id, { reader, position })
      this.#grown.add(id)
    }
    this.#discoverAt = performance.now() + discoveryMs
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
