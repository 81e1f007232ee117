import type { Kafka } from 'kafkajs'
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
import type { MissingRight, Right } from '../rights/right.ts'
import { partitionOfKey } from '../partitioner.ts'
import type { TopicDescription } from '../topic-description.ts'
import { BATCH_OVERHEAD, checkRecordSize, DEFAULT_MAX_BATCH_BYTES, recordBytes } from '../record-size.ts'
import { fetchCommitted } from './consume/group-member.ts'
import { heldOffsets, offsetsAt, partitionsOf } from './consume/held-offsets.ts'
import { describeTopics } from './client/describe-topics.ts'
import { appendFailure } from './produce/append-failure.ts'
import { createKafka, KafkaCluster } from './client/kafka-cluster.ts'
import { kafkaFailure, userOf } from './client/kafka-failure.ts'
import { kafkaRelease } from './client/kafka-release.ts'
import { KafkaFollower } from './consume/kafka-follower.ts'
import { KafkaGroupConsumer } from './consume/kafka-group-consumer.ts'
import { KafkaGroups } from './client/kafka-groups.ts'
import { resolveKafkaOptions, type KafkaEventLogOptions, type ResolvedKafkaOptions } from './client/kafka-options.ts'
import { missingRights } from './client/missing-rights.ts'
import { KafkaTopics, type KafkaTopic } from './client/kafka-topics.ts'
import { ProducerLanes } from './produce/producer-lanes.ts'
import { KafkaReaders } from './consume/kafka-readers.ts'
import { groupRight, needing } from './client/right-missing.ts'
import { chunkRecords, positionsOf } from './produce/record-chunks.ts'

/** Keeps the log in Kafka, through kafkajs. Topics get unlimited retention, and three replicas where there are as many brokers. */
export class KafkaEventLog implements EventLog {
  readonly #options: ResolvedKafkaOptions
  readonly #kafka: Kafka
  readonly #cluster: KafkaCluster
  readonly #topics: KafkaTopics
  readonly #groups: KafkaGroups
  readonly #lanes: ProducerLanes
  readonly #readers: KafkaReaders
  readonly #consumers = new Set<GroupConsumer>()
  readonly #followers = new Set<LogFollower>()

  private constructor(options: ResolvedKafkaOptions) {
    this.#options = options
    this.#kafka = createKafka(options)
    this.#cluster = new KafkaCluster(this.#kafka)
    this.#topics = new KafkaTopics(this.#cluster, options)
    this.#groups = new KafkaGroups(this.#cluster)
    this.#lanes = new ProducerLanes(this.#kafka, options)
    const open = (): KafkaCluster => new KafkaCluster(this.#kafka)
    this.#readers = new KafkaReaders({ cluster: this.#cluster, open, bufferBytes: options.bufferBytes })
  }

  /** Connects, or rejects within seconds: with `Unavailable` when no broker answers, `StorageError` when they refuse. */
  static async connect(options: KafkaEventLogOptions): Promise<KafkaEventLog> {
    const resolved = resolveKafkaOptions(options)
    const log = new KafkaEventLog(resolved)
    const probe = new KafkaCluster(createKafka(resolved, 1))
    try {
      await probe.connect()
      await log.#cluster.connect()
    } catch (error) {
      await log.close()
      throw kafkaFailure(error, 'connect', resolved)
    } finally {
      await probe.disconnect().catch(() => undefined)
    }
    return log
  }

  async append(requests: readonly AppendRequest[], options: { readonly atomic?: boolean } = {}): Promise<Position[]> {
    return this.#do('append', async () => {
      const names = [...new Set(requests.map(({ topic }) => topic))]
      await this.#checkSizes(requests)
      const topics = new Map(
        await Promise.all(names.map(async (name) => [name, await this.#topics.ensure(name)] as const)),
      )
      const chunks = chunkRecords(requests, (request) => place(request, topics))
      try {
        const offsets = await this.#lanes.send(chunks, options.atomic === true)
        return positionsOf(requests.length, chunks, offsets)
      } catch (error) {
        throw appendFailure(error, this.#topics, topics)
      }
    })
  }

  describe(): Promise<LogDescription> {
    return this.#do('ask for the cluster', async () => {
      const { cluster, brokers } = await this.#cluster.look([])
      const release = kafkaRelease((await this.#cluster.anyBroker()).versions ?? {})
      return { name: `Kafka ${release} (cluster ${cluster})`, brokers }
    })
  }

  identity(): Promise<string> {
    return this.#do('ask for the cluster', async () => `Kafka cluster ${(await this.#cluster.look([])).cluster}`)
  }

  async maxRecordBytes(topic: string): Promise<number> {
    return this.#do(`look up topic ${topic}`, async () => (await this.#topics.maxBatchBytes(topic)) - BATCH_OVERHEAD)
  }

  async topics(prefix: string): Promise<string[]> {
    return this.#do('list topics', async () => {
      const { topics } = await this.#cluster.lookFor(prefix)
      return [...topics.keys()].filter((topic) => topic.startsWith(prefix)).toSorted()
    })
  }

  describeTopics(topics: readonly string[]): Promise<TopicDescription[]> {
    return this.#do('look up topics', () => describeTopics(this.#cluster, topics))
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    await this.#do('delete topics', () => this.#topics.delete(topics))
  }

  async offsets(topics: readonly string[]): Promise<PartitionOffsets[]> {
    return this.#do('look up offsets', () => heldOffsets(this.#cluster, topics, 'committed'))
  }

  offsetsAt(topics: readonly string[], timestamp: number): Promise<Position[]> {
    return this.#do('look up offsets by time', () => offsetsAt(this.#cluster, topics, timestamp))
  }

  async follow(options: FollowOptions): Promise<LogFollower> {
    const follower = await this.#do('follow topics', () => KafkaFollower.open(new KafkaCluster(this.#kafka), options))
    const tracked: LogFollower = {
      next: () => this.#do('follow topics', () => follower.next()),
      close: async () => {
        this.#followers.delete(tracked)
        await follower.close()
      },
    }
    this.#followers.add(tracked)
    return tracked
  }

  async *read(ranges: readonly ReadRange[]): AsyncGenerator<RecordBatch> {
    try {
      yield* this.#readers.read(ranges)
    } catch (error) {
      throw kafkaFailure(error, 'read', this.#options)
    }
  }

  async committed(group: string, topics: readonly string[]): Promise<CommittedOffset[]> {
    return this.#do(`look up what group ${group} has committed`, async () => {
      const seen = await this.#cluster.look(topics)
      return needing(groupRight('Describe', group), async () =>
        fetchCommitted(await this.#cluster.coordinator(group), group, partitionsOf(seen, topics), seen.ids),
      )
    })
  }

  async groupMembers(group: string): Promise<number> {
    return this.#do(`count the members of group ${group}`, () => this.#groups.members(group))
  }

  async startGroup(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    await this.#do(`set the offsets of group ${group}`, () => this.#groups.start(group, offsets))
  }

  async deleteGroup(group: string): Promise<void> {
    await this.#do(`delete group ${group}`, () => this.#groups.delete(group))
  }

  consumer(group: string, options: ConsumerOptions): GroupConsumer {
    const consumer = new KafkaGroupConsumer(group, { ...this.#options, ...options })
    this.#consumers.add(consumer)
    return consumer
  }

  async missingRights(needed: readonly Right[]): Promise<MissingRight[]> {
    const parts = { cluster: this.#cluster, topics: this.#topics }
    const missing = await this.#do('look up rights', () => missingRights(parts, needed))
    return missing.map((right) => ({ ...right, user: userOf(this.#options) }))
  }

  /** Stops the consumers and followers, and waits for the appends under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#followers].map((follower) => follower.close()))
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()))
    await this.#lanes.close()
    await this.#readers.close()
    await this.#cluster.disconnect().catch(() => undefined)
  }

  /** Refuses what is too large before its topic is created. Topics that are known are checked by `chunkRecords`. */
  async #checkSizes(requests: readonly AppendRequest[]): Promise<void> {
    const largest = new Map<string, number>()
    for (const { topic, record } of requests) {
      if (!this.#topics.knows(topic)) largest.set(topic, Math.max(largest.get(topic) ?? 0, recordBytes(record)))
    }
    // A request to the broker for each topic, not for each record.
    const checks = Array.from(largest, async ([topic, bytes]) =>
      checkRecordSize(bytes, (await this.#topics.maxBatchBytes(topic)) - BATCH_OVERHEAD),
    )
    await Promise.all(checks)
  }

  async #do<Result>(doing: string, action: () => Promise<Result>): Promise<Result> {
    try {
      return await action()
    } catch (error) {
      throw kafkaFailure(error, doing, this.#options)
    }
  }
}

function place({ topic, record }: AppendRequest, topics: ReadonlyMap<string, KafkaTopic>) {
  const { partitions, maxBatchBytes } = topics.get(topic)!
  return {
    topic,
    partition: partitionOfKey(record.key, partitions),
    maxBytes: maxBatchBytes ?? DEFAULT_MAX_BATCH_BYTES,
  }
}
