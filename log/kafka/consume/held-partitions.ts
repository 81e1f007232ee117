import { setMaxListeners } from 'node:events'
import { type Offset, partitionText, type TopicPartition } from '../../../base/position.ts'
import type { CommittedOffset, PartitionClaim } from '../../group-consumer.ts'
import { ClaimedPartition, type ClaimedPartitionOptions } from './claimed-partition.ts'
import { withTopicId } from './commit-of-topic.ts'
import type { FetchTarget } from './fetch-target.ts'
import type { GroupCommits } from './group-commits.ts'
import type { GroupMember, JoinedGeneration } from './group-member.ts'
import { EARLIEST, type KafkaCluster } from '../client/kafka-cluster.ts'
import type { KafkaFetcher } from './kafka-fetcher.ts'
import type { SeenTopics, TopicsSeen } from '../client/look-at-topics.ts'

export interface HeldPartitionsParts {
  readonly cluster: KafkaCluster
  readonly member: GroupMember
  /** See `GroupCommitsParts`. */
  readonly unanswered: (() => void) | null
  readonly fetcher: KafkaFetcher
  readonly end: AbortSignal
  readonly partition: Omit<ClaimedPartitionOptions, 'release'>
}

interface Held {
  readonly partition: ClaimedPartition
  /** The topic's id when it was begun to be read. */
  readonly topicId: string | undefined
  readonly running: Promise<void>
  /** Fences what the handler may still try to commit of a topic that is gone. */
  revoke(): void
}

/** The partitions that belong to a member in one generation and exist, which it reads. */
export class HeldPartitions {
  readonly #parts: HeldPartitionsParts
  readonly #generation: Pick<JoinedGeneration, 'owns'>
  readonly #topicPrefix: string
  readonly #held = new Map<string, Held>()
  /** As they were looked at last. */
  #topics: SeenTopics = new Map()
  readonly #commits: GroupCommits
  #adjusting: Promise<void> = Promise.resolve()
  #isWhole = false

  constructor(generation: Pick<JoinedGeneration, 'owns'>, topicPrefix: string, parts: HeldPartitionsParts) {
    this.#generation = generation
    this.#topicPrefix = topicPrefix
    this.#parts = parts
    this.#commits = parts.member.commits(parts.unanswered)
    const endAll = (): void => {
      for (const { partition } of this.#held.values()) partition.end()
    }
    setMaxListeners(0, parts.end)
    parts.end.addEventListener('abort', endAll, { once: true })
  }

  /** Whether all partitions whose topics exist are read. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  has(target: FetchTarget): boolean {
    return this.#held.get(partitionText(target))?.partition === target
  }

  /** Drops what is gone, and begins to read what has come. One at a time. */
  adjust(seen: TopicsSeen): Promise<void> {
    const adjusted = this.#adjusting.then(() => this.#adjust(seen))
    this.#adjusting = adjusted.catch(() => undefined)
    return adjusted
  }

  /** Waits for the handlers under way. To be called when `end` has aborted. */
  async drain(): Promise<void> {
    await this.#adjusting
    await Promise.all([...this.#held.values()].map(({ running }) => running))
  }

  async #adjust(seen: TopicsSeen): Promise<void> {
    // What is the same has been acted on.
    if (this.#isWhole && seen.topics === this.#topics) return
    this.#topics = seen.topics
    this.#isWhole = false
    for (const [name, { partition, topicId }] of this.#held) {
      const isThere = existsIn(seen, partition) && (topicId === undefined || seen.ids.get(partition.topic) === topicId)
      if (!isThere) this.#drop(name)
    }
    const come = this.#come(seen)
    const started = await this.#start(seen, come)
    const ending = [...this.#held.values()].some(({ partition }) => partition.isEnding)
    this.#isWhole = started === come.size && !ending
  }

  /** Partitions of this member that are not read yet. */
  #come({ topics }: TopicsSeen): Map<string, TopicPartition> {
    const found = new Map<string, TopicPartition>()
    for (const [topic, partitions] of topics) {
      if (!topic.startsWith(this.#topicPrefix)) continue
      for (const { partition } of partitions) {
        const name = partitionText({ topic, partition })
        if (!this.#held.has(name) && this.#generation.owns({ topic, partition })) found.set(name, { topic, partition })
      }
    }
    return found
  }

  #drop(name: string): void {
    const held = this.#held.get(name)
    if (held === undefined || held.partition.isEnding) return
    held.revoke()
    this.#parts.fetcher.remove(held.partition)
    held.partition.end()
    // Until its handler has ended, the name is not read anew.
    void held.running.then(() => this.#held.delete(name))
  }

  /** Begins to read partitions whose leaders answer, and tells how many these were. */
  async #start(seen: TopicsSeen, partitions: ReadonlyMap<string, TopicPartition>): Promise<number> {
    if (partitions.size === 0) return 0
    const { cluster, member, end } = this.#parts
    const committed = new Map(
      (await member.committed([...partitions.values()], seen.ids)).map((each) => [partitionText(each), each]),
    )
    const fresh = [...partitions].filter(([name]) => !committed.has(name))
    const found = await cluster.offsets(
      seen,
      fresh.map(([, partition]) => partition),
      EARLIEST,
    )
    const earliest = new Map(found.map((each) => [partitionText(each), each.offset]))
    let started = 0
    for (const [name, partition] of partitions) {
      const commit = committed.get(name) ?? null
      const start = commit?.offset ?? earliest.get(name)
      if (start === undefined) continue
      if (end.aborted) return started
      this.#hold(name, partition, start, commit, seen.ids.get(partition.topic))
      started++
    }
    return started
  }

  #hold(
    name: string,
    { topic, partition }: TopicPartition,
    start: Offset,
    committed: CommittedOffset | null,
    topicId: string | undefined,
  ): void {
    let revoked = false
    const partitions = (): number => this.#topics.get(topic)?.length ?? 1
    const claim: PartitionClaim = {
      topic,
      partition,
      committed,
      get topicPartitions() {
        return partitions()
      },
      commit: async (next, text) =>
        revoked
          ? 'fenced'
          : this.#commits.commit({ topic, partition, offset: next, metadata: withTopicId(text, topicId) }),
    }
    const { fetcher } = this.#parts
    const release = (bytes: number): void => {
      fetcher.release(bytes)
      fetcher.changed(claimed)
    }
    const claimed: ClaimedPartition = new ClaimedPartition(claim, start, { ...this.#parts.partition, release })
    const revoke = (): void => {
      revoked = true
    }
    this.#held.set(name, { partition: claimed, topicId, running: claimed.run(), revoke })
    fetcher.add(claimed)
  }
}

function existsIn({ topics }: TopicsSeen, { topic, partition }: TopicPartition): boolean {
  return topics.get(topic)?.some((each) => each.partition === partition) === true
}
