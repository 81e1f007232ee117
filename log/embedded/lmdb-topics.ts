import type { TopicDescription } from '../topic-description.ts'
import { LmdbPartitionReader } from './lmdb-partition-reader.ts'
import type { LmdbTables, StoredTopic } from './lmdb-tables.ts'
import { endOfRecords, recordKey, topicIdOf } from './stored-record.ts'

/** Records that are removed in one transaction, which holds up the appends of all processes. */
const REMOVED_TOGETHER = 2000

/** Tells whether topics were made or deleted. */
export interface TopicsVersion {
  /** The highest id that a topic has got. Each is given once, one after the other. */
  readonly lastId: number
  readonly topics: number
}

/** The topics of a data directory. Nothing of them is kept in memory: any process may delete one, or make it anew. */
export class LmdbTopics {
  readonly #tables: LmdbTables
  readonly #partitions: number

  constructor(tables: LmdbTables, partitions: number) {
    this.#tables = tables
    this.#partitions = partitions
  }

  /** Names of the topics that start with `prefix`, sorted. */
  names(prefix: string): string[] {
    this.#tables.refresh()
    return [...this.#tables.topics.getKeys({ start: prefix, end: `${prefix}\u{10ffff}` })]
  }

  /** By the snapshot at hand. */
  version(): TopicsVersion {
    const { counters, topics } = this.#tables
    return { lastId: counters.get('topics') ?? 0, topics: (topics.getStats() as { entryCount: number }).entryCount }
  }

  /** The names of the topics that were made between two versions; null where others were deleted, or it is not known. */
  addedSince(before: TopicsVersion, now: TopicsVersion): string[] | null {
    const range = { start: before.lastId + 1, end: now.lastId + 1 }
    const names = Array.from(this.#tables.topicNames.getRange(range), ({ value }) => value)
    const isAll = names.length === now.lastId - before.lastId && before.topics + names.length === now.topics
    return isAll ? names : null
  }

  /** A reader for each partition of the topics, by one snapshot; none of a topic that does not exist. */
  readers(topics: readonly string[]): LmdbPartitionReader[] {
    this.#tables.refresh()
    return topics.flatMap((topic) => {
      const stored = this.#tables.topics.get(topic)
      if (stored === undefined) return []
      return Array.from(
        { length: stored.partitions },
        (_, partition) => new LmdbPartitionReader(this.#tables, stored, { topic, partition }),
      )
    })
  }

  /** How the topics are kept: whole, as they were given. */
  describe(names: readonly string[], maxMessageBytes: number): TopicDescription[] {
    this.#tables.refresh()
    const settings = {
      retentionMs: null,
      retentionBytes: null,
      cleanupPolicy: ['delete'],
      timestampType: 'CreateTime',
      timestampAheadMs: null,
      maxMessageBytes,
      uncleanElections: false,
      minInSyncReplicas: 1,
    } as const
    return names.flatMap((topic) => {
      const stored = this.#tables.topics.get(topic)
      if (stored === undefined) return []
      return [{ topic, partitions: stored.partitions, replicas: null, replicasInSync: null, settings }]
    })
  }

  /** The topic, made if it is missing. To be called in a transaction. */
  ensure(name: string): StoredTopic {
    const known = this.#tables.topics.get(name)
    if (known !== undefined) return known
    // An id is never given again, so that what is left of a topic that was deleted is not taken for another's.
    const id = (this.#tables.counters.get('topics') ?? 0) + 1
    const topic = { id, partitions: this.#partitions }
    this.#tables.counters.putSync('topics', id)
    this.#tables.topics.putSync(name, topic)
    this.#tables.topicNames.putSync(id, name)
    return topic
  }

  /** The topics are gone for everyone by one transaction. Their records, and those that an earlier call left, go after it. */
  async delete(names: readonly string[]): Promise<void> {
    await this.#tables.transaction(() => {
      const groups = [...this.#tables.groups.getKeys({})]
      for (const name of names) {
        const topic = this.#tables.topics.get(name)
        if (topic === undefined) continue
        this.#tables.topics.removeSync(name)
        this.#tables.topicNames.removeSync(topic.id)
        for (const group of groups) {
          for (let partition = 0; partition < topic.partitions; partition++) {
            this.#tables.commits.removeSync([group, name, partition])
          }
        }
      }
    })
    for (const partition of this.#withoutTopic()) await this.#remove(partition)
  }

  /** Keys of the partitions whose topic was deleted, and whose records were not all removed. */
  #withoutTopic(): Buffer[] {
    this.#tables.refresh()
    const ids = new Set([...this.#tables.topics.getRange({})].map(({ value }) => value.id))
    return [...this.#tables.heads.getKeys({})].filter((partition) => !ids.has(topicIdOf(partition)))
  }

  /** The head goes last: as long as it is there, the partition is found again after a crash. */
  async #remove(partition: Buffer): Promise<void> {
    const range = { start: recordKey(partition, 0n), end: endOfRecords(partition), limit: REMOVED_TOGETHER }
    const removeSome = (): Promise<number> =>
      this.#tables.transaction(() => {
        const keys = [...this.#tables.records.getKeys(range)]
        for (const key of keys) this.#tables.records.removeSync(key)
        if (keys.length === 0) this.#tables.heads.removeSync(partition)
        return keys.length
      })
    while ((await removeSome()) > 0);
  }
}
