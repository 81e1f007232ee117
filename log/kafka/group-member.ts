import type { CommittedOffset, Offset, TopicPartition } from '../event-log.ts'
import { assignPartitions, decodeAssignment, encodeSubscription, PROTOCOL_NAME } from './group-assignment.ts'
import type { KafkaBroker } from './kafka-broker.ts'
import { groupByTopic, type KafkaCluster } from './kafka-cluster.ts'
import { kafkaErrorType, kafkaFailure } from './kafka-failure.ts'
import { pause } from '../wake-up.ts'
import type { ResolvedKafkaOptions } from './kafka-options.ts'

/** How the group stands: the same generation as ever, a new one being formed, or without this member. */
export type GroupState = 'stable' | 'rebalancing' | 'lost'

/** Kafka's answers to a request under a generation that is over; whatever it asked for was not done. */
const FENCED = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
  // To a commit, this says that the next generation is formed already, though not yet synchronised.
  'REBALANCE_IN_PROGRESS',
])
const COMMIT_TRIES = 6
const COMMIT_RETRY_MS = 250
const NEVER = new AbortController().signal

/** What the group has committed for the partitions; those without a commit are left out. */
export const fetchCommitted = async (
  coordinator: KafkaBroker,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<CommittedOffset[]> => {
  if (partitions.length === 0) return []
  const topics = groupByTopic(partitions, ({ partition }) => ({ partition, offset: '-1' }))
  const { responses } = await coordinator.offsetFetch({ groupId, topics })
  return responses.flatMap(({ topic, partitions: found }) =>
    found
      .map((each) => ({
        topic,
        partition: each.partition,
        offset: BigInt(each.offset) as Offset,
        metadata: ('metadata' in each && typeof each.metadata === 'string' ? each.metadata : '') satisfies string,
      }))
      .filter(({ offset }) => offset >= 0n),
  )
}

/** One member of a Kafka consumer group: its membership, generation after generation, and its commits. */
export class GroupMember {
  readonly #cluster: KafkaCluster
  readonly #groupId: string
  readonly #options: ResolvedKafkaOptions
  #memberId = ''
  #generation = -1

  constructor(cluster: KafkaCluster, groupId: string, options: ResolvedKafkaOptions) {
    this.#cluster = cluster
    this.#groupId = groupId
    this.#options = options
  }

  /** Joins the group's next generation. Answers with the partitions that it assigns to this member. */
  async join(topics: readonly string[]): Promise<TopicPartition[]> {
    const groupId = this.#groupId
    for (;;) {
      try {
        const coordinator = await this.#cluster.coordinator(groupId)
        const joined = await coordinator.joinGroup({
          groupId,
          sessionTimeout: this.#options.sessionTimeoutMs,
          rebalanceTimeout: this.#options.rebalanceTimeoutMs,
          memberId: this.#memberId,
          groupProtocols: [{ name: PROTOCOL_NAME, metadata: encodeSubscription(topics) }],
        })
        this.#memberId = joined.memberId
        this.#generation = joined.generationId
        const leads = joined.leaderId === joined.memberId
        const { memberAssignment } = await coordinator.syncGroup({
          groupId,
          generationId: joined.generationId,
          memberId: joined.memberId,
          groupAssignment: leads ? assignPartitions(joined.members, await this.#cluster.metadata()) : [],
        })
        return decodeAssignment(memberAssignment)
      } catch (error) {
        // Others joined meanwhile, or this member's id is too old: once more.
        if (!this.#noteIfFenced(error)) throw error
      }
    }
  }

  /** Tells the group that this member lives, and hears how the group stands. */
  async heartbeat(): Promise<GroupState> {
    try {
      const coordinator = await this.#cluster.coordinator(this.#groupId)
      await coordinator.heartbeat({
        groupId: this.#groupId,
        groupGenerationId: this.#generation,
        memberId: this.#memberId,
      })
      return 'stable'
    } catch (error) {
      if (kafkaErrorType(error) === 'REBALANCE_IN_PROGRESS') return 'rebalancing'
      if (this.#noteIfFenced(error)) return 'lost'
      throw error
    }
  }

  /** What the group has committed for the partitions. */
  async committed(partitions: readonly TopicPartition[]): Promise<CommittedOffset[]> {
    return fetchCommitted(await this.#cluster.coordinator(this.#groupId), this.#groupId, partitions)
  }

  /** A function that commits under the present generation, also when it is over: then Kafka refuses. */
  committer(): (to: TopicPartition, next: Offset, metadata: string) => Promise<'committed' | 'fenced'> {
    const identity = { groupId: this.#groupId, memberId: this.#memberId, groupGenerationId: this.#generation }
    return async ({ topic, partition }, next, metadata) => {
      const partitions = [{ partition, offset: next.toString(), metadata }]
      // The same commit may be made twice, so that what got no answer is simply asked again.
      for (let tries = 1; ; tries++) {
        try {
          const coordinator = await this.#cluster.coordinator(this.#groupId)
          await coordinator.offsetCommit({ ...identity, topics: [{ topic, partitions }] })
          return 'committed'
        } catch (error) {
          const type = kafkaErrorType(error)
          if (type !== undefined && FENCED.has(type)) return 'fenced'
          const failure = kafkaFailure(error, `commit to consumer group ${this.#groupId}`, this.#options.brokers)
          if (!failure.retryable || tries === COMMIT_TRIES) throw failure
          await pause(COMMIT_RETRY_MS, NEVER)
        }
      }
    }
  }

  /** Leaves, so that the others need not wait for the session to time out. */
  async leave(): Promise<void> {
    if (this.#memberId === '') return
    const coordinator = await this.#cluster.coordinator(this.#groupId)
    await coordinator.leaveGroup({ groupId: this.#groupId, memberId: this.#memberId })
    this.#memberId = ''
  }

  /** Whether the error says that the membership or generation is over; a member that Kafka forgot has to join as a new one. */
  #noteIfFenced(error: unknown): boolean {
    const type = kafkaErrorType(error)
    if (type === undefined || !FENCED.has(type)) return false
    if (type === 'UNKNOWN_MEMBER_ID' || type === 'FENCED_INSTANCE_ID') this.#memberId = ''
    return true
  }
}
