import type { LmdbChanges, Grown } from './lmdb-changes.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'
import type { LmdbTopics, TopicsVersion } from './lmdb-topics.ts'

export interface LmdbWatchOptions {
  readonly topics: LmdbTopics
  readonly changes: LmdbChanges
  /** Makes the reads that follow see what is committed by now. */
  readonly refresh: () => void
  /** How many appends this process has made, of which it knows otherwise. */
  readonly ownAppends: () => number
  readonly isWatched: (topic: string) => boolean
}

/** What was found of topics: all that there are, or those that came since the last look, where none has gone. */
export interface FoundPartitions {
  readonly areAll: boolean
  readonly readers: readonly LmdbPartitionReader[]
}

/** What one reader of many partitions has seen of the log. A look costs what has changed, not what there is. */
export class LmdbWatch {
  readonly #options: LmdbWatchOptions
  #appends: number
  #foreign: number
  #version: TopicsVersion | null = null

  constructor(options: LmdbWatchOptions) {
    const { changes, refresh, ownAppends } = options
    this.#options = options
    refresh()
    this.#appends = changes.appends()
    this.#foreign = this.#appends - ownAppends()
  }

  /** Partitions that other processes may have appended to since the last look; of its own appends a process is told at once. */
  grownElsewhere(): Grown {
    const { changes, refresh, ownAppends } = this.#options
    refresh()
    const before = this.#appends
    const foreign = this.#foreign
    this.#appends = changes.appends()
    this.#foreign = this.#appends - ownAppends()
    return this.#foreign === foreign ? NOTHING : changes.between(before, this.#appends)
  }

  /** Lets the next look find all topics again, where what the last one found was not taken up. */
  beginAnew(): void {
    this.#version = null
  }

  /** What has changed of the topics since the last look; null where nothing has. At the first look that is all. */
  partitions(): FoundPartitions | null {
    const { topics, refresh, isWatched } = this.#options
    refresh()
    const before = this.#version
    this.#version = topics.version()
    const added = before === null ? null : topics.addedSince(before, this.#version)
    if (added?.length === 0) return null
    const names = (added ?? topics.names('')).filter(isWatched)
    return { areAll: added === null, readers: topics.readers(names) }
  }
}

const NOTHING: Grown = new Set()
