import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Position } from '../../base/position.ts'
import type {
  AppendRequest,
  EventLog,
  FollowOptions,
  LogDescription,
  LogFollower,
  PartitionOffsets,
  ReadRange,
} from '../event-log.ts'
import type { CommittedOffset, ConsumerOptions, GroupConsumer } from '../group-consumer.ts'
import type { RecordBatch } from '../record.ts'
import type { TopicDescription } from '../topic-description.ts'
import { BATCH_OVERHEAD, checkRecordSize, DEFAULT_MAX_BATCH_BYTES, recordBytes } from '../record-size.ts'
import type { AppendSignal } from './append-signal.ts'
import { LmdbAppender } from './lmdb-appender.ts'
import { LmdbChanges } from './lmdb-changes.ts'
import { LmdbFollower } from './lmdb-follower.ts'
import { LmdbGroup } from './lmdb-group.ts'
import { LmdbGroupConsumer } from './lmdb-group-consumer.ts'
import { LmdbTopics } from './lmdb-topics.ts'
import { LmdbWatch } from './lmdb-watch.ts'
import type { LmdbTables } from './lmdb-tables.ts'

export interface LmdbEventLogOptions {
  /** Partitions of topics created from now on, 1 to 65,535. Default: 1. */
  readonly partitions?: number
  /** Bytes of the largest Kafka batch that would hold a record, as `max.message.bytes`. Default: 1,048,588. */
  readonly maxBatchBytes?: number
  /** Batches that one consumer handles at a time, of different partitions. Default: 4. */
  readonly concurrency?: number
  /** How often a consumer looks for what other processes appended, ms. Default: 50. */
  readonly pollMs?: number
  /** After how long without a sign of life a consumer of another machine or a hung one is replaced, ms. Default: 10,000. */
  readonly leaseMs?: number
}

/** Default of `leaseMs`. */
export const LEASE_MS = 10_000

const READ_BATCH_BYTES = 1024 * 1024
const IDENTITY = 'identity'

/**
 * Holds the log in LMDB, in the process that uses it; other processes may use the same directory. Offsets of a partition have
 * no gaps. Every append is atomic, `atomic` or not.
 */
export class LmdbEventLog implements EventLog {
  readonly #tables: LmdbTables
  readonly #options: Required<LmdbEventLogOptions>
  readonly #appended: AppendSignal = new EventEmitter()
  readonly #topics: LmdbTopics
  readonly #changes: LmdbChanges
  readonly #appender: LmdbAppender
  /** What was seen of each group that was asked about: whether its owner lives shows only over time. */
  readonly #groups = new Map<string, LmdbGroup>()
  readonly #consumers = new Set<GroupConsumer>()
  readonly #followers = new Set<LogFollower>()
  #ownAppends = 0

  constructor(tables: LmdbTables, options: LmdbEventLogOptions = {}) {
    this.#tables = tables
    this.#options = {
      partitions: 1,
      maxBatchBytes: DEFAULT_MAX_BATCH_BYTES,
      concurrency: 4,
      pollMs: 50,
      leaseMs: LEASE_MS,
      ...options,
    }
    this.#topics = new LmdbTopics(tables, this.#options.partitions)
    this.#changes = new LmdbChanges(tables)
    this.#appender = new LmdbAppender(tables, this.#topics, this.#changes)
    this.#appended.setMaxListeners(0)
  }

  async describe(): Promise<LogDescription> {
    return { name: 'embedded log', brokers: null }
  }

  identity(): Promise<string> {
    const { identity } = this.#tables
    return this.#tables.transaction(() => {
      const known = identity.get(IDENTITY)
      if (known !== undefined) return known
      const made = `embedded ${randomUUID()}`
      void identity.put(IDENTITY, made)
      return made
    })
  }

  async append(requests: readonly AppendRequest[]): Promise<Position[]> {
    const limit = await this.maxRecordBytes()
    for (const { record } of requests) checkRecordSize(recordBytes(record), limit)
    if (requests.length === 0) return []

    const { positions, partitions } = await this.#appender.append(requests)
    this.#ownAppends++
    this.#appended.emit('appended', partitions)
    return positions
  }

  async maxRecordBytes(): Promise<number> {
    return this.#options.maxBatchBytes - BATCH_OVERHEAD
  }

  async topics(prefix: string): Promise<string[]> {
    return this.#topics.names(prefix)
  }

  async describeTopics(topics: readonly string[]): Promise<TopicDescription[]> {
    return this.#topics.describe(topics, this.#options.maxBatchBytes)
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    await this.#topics.delete(topics)
  }

  async offsets(topics: readonly string[]): Promise<PartitionOffsets[]> {
    return this.#topics.readers(topics).map((reader) => reader.offsets())
  }

  async offsetsAt(topics: readonly string[], timestamp: number): Promise<Position[]> {
    return this.#topics.readers(topics).map((reader) => ({ ...reader.partition, offset: reader.offsetAt(timestamp) }))
  }

  async follow(options: FollowOptions): Promise<LogFollower> {
    const follower: LmdbFollower = new LmdbFollower({
      ...this.#options,
      ...options,
      appended: this.#appended,
      identity: await this.identity(),
      watch: this.#watch(options.topics),
      closed: () => this.#followers.delete(follower),
    })
    this.#followers.add(follower)
    return follower
  }

  async *read(ranges: readonly ReadRange[]): AsyncGenerator<RecordBatch> {
    let left = ranges.map((range) => ({ ...range, reader: this.#topics.readers([range.topic])[range.partition] }))
    while (left.length > 0) {
      const open: typeof left = []
      for (const range of left) {
        const { from, to, reader } = range
        const batch = from < to ? (reader?.batch(from, to, READ_BATCH_BYTES) ?? null) : null
        if (batch === null) continue
        yield batch
        open.push({ ...range, from: batch.next })
        // Reading takes no I/O wait, so that without this a long read would keep the process from anything else.
        await new Promise((resolve) => setImmediate(resolve))
      }
      left = open
    }
  }

  async committed(group: string, topics: readonly string[]): Promise<CommittedOffset[]> {
    return this.#group(group).committed(this.#topics.readers(topics).map(({ partition }) => partition))
  }

  /** Counts the owner only: members that stand by are not known to the others. */
  async groupMembers(group: string): Promise<number> {
    return this.#group(group).isOwned() ? 1 : 0
  }

  async startGroup(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    await this.#group(group).start(offsets)
  }

  async deleteGroup(group: string): Promise<void> {
    await this.#group(group).delete()
  }

  consumer(group: string, options: ConsumerOptions): GroupConsumer {
    const consumer = new LmdbGroupConsumer({
      ...this.#options,
      ...options,
      appended: this.#appended,
      group: new LmdbGroup(this.#tables, group, this.#options.leaseMs),
      watch: () => this.#watch({ topicPrefix: options.topicPrefix }),
    })
    this.#consumers.add(consumer)
    return consumer
  }

  /** Whoever may open the directory may do everything. */
  async missingRights(): Promise<[]> {
    return []
  }

  /** Stops the consumers and followers. The tables stay open: whoever opened them closes them. */
  async close(): Promise<void> {
    await Promise.all([...this.#followers].map((follower) => follower.close()))
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()))
  }

  #watch(topics: FollowOptions['topics']): LmdbWatch {
    return new LmdbWatch({
      topics: this.#topics,
      changes: this.#changes,
      refresh: () => this.#tables.refresh(),
      ownAppends: () => this.#ownAppends,
      isWatched: (topic) => ('topic' in topics ? topic === topics.topic : topic.startsWith(topics.topicPrefix)),
    })
  }

  #group(name: string): LmdbGroup {
    const group = this.#groups.get(name) ?? new LmdbGroup(this.#tables, name, this.#options.leaseMs)
    this.#groups.set(name, group)
    return group
  }
}
