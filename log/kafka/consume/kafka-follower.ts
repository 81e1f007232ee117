import { setMaxListeners } from 'node:events'
import { type TopicPartition, partitionText } from '../../../base/position.ts'
import type { FollowOptions, FoundPartition, LogFollower } from '../../event-log.ts'
import type { RecordBatch } from '../../record.ts'
import { pause, WakeUp } from '../../../base/waiting.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { isLasting } from '../client/kafka-failure.ts'
import { shorterLog, type FetchTarget } from './fetch-target.ts'
import { heldOffsets } from './held-offsets.ts'
import { KafkaFetcher } from './kafka-fetcher.ts'
import type { SeenTopics, TopicsSeen } from '../client/look-at-topics.ts'
import { QueueTarget, type QueuedBatch } from './queue-target.ts'

/** Bytes of memory that may wait for the caller, beside one answer of each broker. */
const BUFFER_BYTES = 4 * 1024 * 1024
const PARTITION_BYTES = 1024 * 1024

interface Followed {
  readonly target: QueueTarget
  readonly topicId: string
}

/**
 * Follows partitions of Kafka without a group, with connections of its own: a broker holds back its answer to a fetch until there
 * is something.
 */
export class KafkaFollower implements LogFollower {
  readonly #cluster: KafkaCluster
  readonly #options: FollowOptions
  readonly #fetcher: KafkaFetcher
  readonly #end = new AbortController()
  readonly #followed = new Map<string, Followed>()
  readonly #queue: QueuedBatch[] = []
  readonly #arrived = new WakeUp()
  readonly #lookSoon = new WakeUp()
  /** What was seen of the topics and is not acted on yet. */
  #seen: TopicsSeen | null = null
  /** What is acted on, so that the same need not be. */
  #settled: SeenTopics | null = null
  /** Bytes of the batch that the caller has. */
  #lent = 0
  #failure: unknown
  #running: Promise<unknown> = Promise.resolve()

  private constructor(cluster: KafkaCluster, options: FollowOptions) {
    this.#cluster = cluster
    this.#options = options
    this.#fetcher = new KafkaFetcher(cluster, {
      minBytes: 1,
      lingerMs: 0,
      bufferBytes: BUFFER_BYTES,
      beyondEnd: (target) => this.#checkMadeAnew(target),
    })
    setMaxListeners(0, this.#end.signal)
  }

  /** Takes over the cluster, which is disconnected when the follower is closed. */
  static async open(cluster: KafkaCluster, options: FollowOptions): Promise<KafkaFollower> {
    const follower = new KafkaFollower(cluster, options)
    try {
      await cluster.connect()
      follower.#begin(await follower.#newAmong(await follower.#look()))
    } catch (error) {
      await cluster.disconnect().catch(() => undefined)
      throw error
    }
    follower.#run()
    return follower
  }

  async next(): Promise<RecordBatch | null> {
    this.#fetcher.release(this.#lent)
    this.#lent = 0
    while (!this.#end.signal.aborted) {
      await this.#adjustToSeen()
      const queued = this.#queue.shift()
      if (queued === undefined) {
        await this.#arrived.wait(this.#end.signal)
      } else if (this.#followed.get(partitionText(queued.target))?.target !== queued.target) {
        this.#fetcher.release(queued.bytes)
      } else {
        this.#lent = queued.bytes
        return queued.batch
      }
    }
    if (this.#failure !== undefined) throw this.#failure
    return null
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#running
    await this.#cluster.disconnect().catch(() => undefined)
  }

  #run(): void {
    const end = this.#end.signal
    const failed = (error: unknown): void => {
      this.#failure ??= error
      this.#end.abort()
    }
    this.#running = Promise.all([this.#fetcher.run(end).catch(failed), this.#discover(end)])
  }

  async #discover(end: AbortSignal): Promise<void> {
    for (;;) {
      await this.#lookSoon.wait(end, this.#options.discoveryMs)
      if (end.aborted) return
      try {
        const seen = await this.#look()
        if (seen.topics === this.#settled) continue
        this.#seen = seen
        this.#arrived.ring()
      } catch {
        // Brokers come back; those that can be fetched from are.
        await pause(this.#options.discoveryMs, end)
      }
    }
  }

  #look(): Promise<TopicsSeen> {
    const { topics } = this.#options
    return 'topic' in topics ? this.#cluster.look([topics.topic]) : this.#cluster.lookFor(topics.topicPrefix)
  }

  async #adjustToSeen(): Promise<void> {
    const seen = this.#seen
    if (seen === null) return
    this.#seen = null
    this.#settled = null
    let found: readonly FoundPartition[] = []
    let areGone = false
    try {
      areGone = await this.#dropGone(seen)
      found = await this.#newAmong(seen)
    } catch (error) {
      // A partition that lacks a leader for a while is found by the next look.
      if (isLasting(error)) throw error
    }
    this.#begin(found)
    if (areGone && this.#grownIn(seen).length === 0) this.#settled = seen.topics
  }

  /** The topics with partitions that are to be followed and are not yet. */
  #grownIn(seen: TopicsSeen): string[] {
    const { topics } = this.#options
    const isWanted = (topic: string): boolean =>
      'topic' in topics ? topic === topics.topic : topic.startsWith(topics.topicPrefix)
    return [...seen.topics].flatMap(([topic, partitions]) =>
      isWanted(topic) && partitions.some(({ partition }) => this.#isNew({ topic, partition })) ? [topic] : [],
    )
  }

  #isNew(partition: TopicPartition): boolean {
    return !this.#followed.has(partitionText(partition))
  }

  async #newAmong(seen: TopicsSeen): Promise<FoundPartition[]> {
    const grown = this.#grownIn(seen)
    if (grown.length === 0) return []
    const held = await heldOffsets(this.#cluster, grown, 'committed')
    return held
      .filter((each) => this.#isNew(each))
      .map((each) => ({ ...each, topicId: seen.ids.get(each.topic) ?? '' }))
  }

  #begin(found: readonly FoundPartition[]): void {
    for (const each of found) {
      const from = this.#options.begin(each)
      const target = new QueueTarget({ ...each, from, partitionBytes: PARTITION_BYTES, deliver: this.#deliver })
      this.#followed.set(partitionText(each), { target, topicId: each.topicId })
      this.#fetcher.add(target)
    }
  }

  readonly #deliver = (queued: QueuedBatch): void => {
    this.#queue.push(queued)
    this.#arrived.ring()
  }

  /** One broker may learn of a topic later than another: it is gone where none that answers knows it. Answers whether all that are missing are. */
  async #dropGone(seen: TopicsSeen): Promise<boolean> {
    const missing = [...this.#followed.values()].filter((each) => !isThere(each, seen))
    if (missing.length === 0) return true
    const looks = await this.#cluster.lookByAll([...new Set(missing.map(({ target }) => target.topic))])
    const gone = missing.filter((each) => !looks.some((look) => isThere(each, look)))
    for (const followed of gone) {
      const { target } = followed
      this.#followed.delete(partitionText(target))
      this.#fetcher.remove(target)
      this.#options.end({ topic: target.topic, partition: target.partition })
    }
    return gone.length === missing.length
  }

  /** Of a topic that was made anew there is less than of the one before. Error: `StorageError` where it is the same. */
  async #checkMadeAnew(target: FetchTarget): Promise<void> {
    const followed = this.#followed.get(partitionText(target))
    if (followed?.target !== target) return
    if (isThere(followed, await this.#cluster.look([target.topic]))) throw shorterLog(target)
    this.#lookSoon.ring()
  }
}

function isThere({ target, topicId }: Followed, { topics, ids }: TopicsSeen): boolean {
  const isHeld = topics.get(target.topic)?.some(({ partition }) => partition === target.partition) === true
  return isHeld && (topicId === '' || ids.get(target.topic) === topicId)
}
