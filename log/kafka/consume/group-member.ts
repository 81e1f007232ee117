import type { Offset, TopicPartition } from '../../../base/position.ts'
import type { CommittedOffset } from '../../group-consumer.ts'
import { decodeDeal, encodeDeal, memberTag, PROTOCOL_NAME, SUBSCRIPTION } from './group-assignment.ts'
import { commitOfTopic } from './commit-of-topic.ts'
import { dealSlots, type Deal } from './deal-slots.ts'
import { GroupCommits } from './group-commits.ts'
import { slotOf, slotWeights } from './slots.ts'
import type { KafkaBroker } from '../client/kafka-broker.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { groupByTopic } from '../client/partition-groups.ts'
import { inParts } from '../client/request-parts.ts'
import { groupRight, refusalOf } from '../client/right-missing.ts'
import { isRefused, kafkaErrorType } from '../client/kafka-failure.ts'
import { within } from '../../../base/waiting.ts'
import type { ResolvedKafkaOptions } from '../client/kafka-options.ts'

/** How the group stands: the same generation as ever, a new one being formed, or without this member. */
export type GroupState = 'stable' | 'rebalancing' | 'lost'

/** A generation of the group, as one member joined it. */
export interface JoinedGeneration {
  readonly deal: Deal
  /** Whether this member is the one that dealt. */
  readonly isLeader: boolean
  /** Whether the partition is this member's, also one of a topic that is yet to come. */
  owns(partition: TopicPartition): boolean
}

/** How long the coordinator may take to answer, which it does at once when it is well. */
const REQUEST_MS = 5000
/** What a request takes of each partition beside the name. */
const PARTITION_BYTES = 16

/**
 * What the group has committed for partitions of the topics that have these ids; those without a commit, or with that of an earlier
 * topic of the name, are left out.
 */
export async function fetchCommitted(
  coordinator: KafkaBroker,
  groupId: string,
  partitions: readonly TopicPartition[],
  topicIds: ReadonlyMap<string, string>,
): Promise<CommittedOffset[]> {
  const committed: CommittedOffset[] = []
  for (const part of inParts(partitions, ({ topic }) => topic.length + PARTITION_BYTES)) {
    committed.push(...(await fetchPart(coordinator, groupId, part, topicIds)))
  }
  return committed
}

async function fetchPart(
  coordinator: KafkaBroker,
  groupId: string,
  partitions: readonly TopicPartition[],
  topicIds: ReadonlyMap<string, string>,
): Promise<CommittedOffset[]> {
  const topics = groupByTopic(partitions, ({ partition }) => ({ partition, offset: '-1' }))
  const { responses } = await coordinator.offsetFetch({ groupId, topics }).catch((error: unknown) => {
    // Kafka answers for a group that it does not know as for one without commits; other brokers do not.
    if (kafkaErrorType(error) === 'GROUP_ID_NOT_FOUND') return { responses: [] }
    throw error
  })
  return responses.flatMap(({ topic, partitions: found }) =>
    found
      .map((each) => ({
        topic,
        partition: each.partition,
        offset: BigInt(each.offset) as Offset,
        metadata: ('metadata' in each && typeof each.metadata === 'string' ? each.metadata : '') satisfies string,
      }))
      .filter(({ offset }) => offset >= 0n)
      .map((commit) => commitOfTopic(commit, topicIds.get(topic)))
      .filter((commit) => commit !== null),
  )
}

/** One member of a Kafka consumer group: its membership, generation after generation, and its commits. */
export class GroupMember {
  readonly #cluster: KafkaCluster
  readonly #groupId: string
  readonly #options: ResolvedKafkaOptions
  #coordinator: Promise<KafkaBroker> | undefined
  #memberId = ''
  #generation = -1
  #deal: Deal | null = null

  constructor(cluster: KafkaCluster, groupId: string, options: ResolvedKafkaOptions) {
    this.#cluster = cluster
    this.#groupId = groupId
    this.#options = options
  }

  /** Joins the group's next generation. Its members share the partitions of all topics whose names start with the prefix. */
  async join(topicPrefix: string): Promise<JoinedGeneration> {
    const groupId = this.#groupId
    for (;;) {
      try {
        const coordinator = await this.#findCoordinator()
        const joined = await coordinator.joinGroup({
          groupId,
          sessionTimeout: this.#options.sessionTimeoutMs,
          rebalanceTimeout: this.#options.rebalanceTimeoutMs,
          memberId: this.#memberId,
          groupProtocols: [{ name: PROTOCOL_NAME, metadata: SUBSCRIPTION }],
        })
        this.#memberId = joined.memberId
        this.#generation = joined.generationId
        const isLeader = joined.leaderId === joined.memberId
        const memberIds = joined.members.map(({ memberId }) => memberId)
        const { memberAssignment } = await coordinator.syncGroup({
          groupId,
          generationId: joined.generationId,
          memberId: joined.memberId,
          groupAssignment: isLeader ? await this.#dealTo(memberIds, topicPrefix) : [],
        })
        const deal = decodeDeal(memberAssignment)
        this.#deal = deal
        const place = deal.members.indexOf(memberTag(joined.memberId))
        return { deal, isLeader, owns: (partition) => deal.owners[slotOf(partition)] === place }
      } catch (error) {
        // Others joined meanwhile, or this member's id is too old: once more.
        if (this.#noteIfFenced(error)) continue
        this.#coordinator = undefined
        throw refusalOf(error, groupRight('Read', groupId))
      }
    }
  }

  async #dealTo(
    memberIds: readonly string[],
    topicPrefix: string,
  ): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const weights = slotWeights(await this.#cluster.look(), topicPrefix)
    const memberAssignment = encodeDeal(dealSlots(memberIds.map(memberTag).toSorted(), this.#deal, weights))
    return memberIds.map((memberId) => ({ memberId, memberAssignment }))
  }

  /** Tells the group that this member lives, and hears how the group stands. */
  async heartbeat(): Promise<GroupState> {
    try {
      const beat = { groupId: this.#groupId, groupGenerationId: this.#generation, memberId: this.#memberId }
      // A coordinator that hangs must not keep the next one from hearing of this member in time.
      await this.#ask((coordinator) => coordinator.heartbeat(beat), this.#options.sessionTimeoutMs / 3)
      return 'stable'
    } catch (error) {
      if (kafkaErrorType(error) === 'REBALANCE_IN_PROGRESS') return 'rebalancing'
      if (this.#noteIfFenced(error)) return 'lost'
      throw error
    }
  }

  /** What the group has committed for partitions of the topics that have these ids. */
  async committed(
    partitions: readonly TopicPartition[],
    topicIds: ReadonlyMap<string, string>,
  ): Promise<CommittedOffset[]> {
    return this.#ask((coordinator) => fetchCommitted(coordinator, this.#groupId, partitions, topicIds), REQUEST_MS)
  }

  /** Commits under the present generation, also when it is over: then Kafka refuses. See `GroupCommitsParts` for `unanswered`. */
  commits(unanswered: (() => void) | null): GroupCommits {
    return new GroupCommits({
      identity: { groupId: this.#groupId, memberId: this.#memberId, groupGenerationId: this.#generation },
      ask: (request) => this.#ask(request, REQUEST_MS),
      asking: this.#options,
      unanswered,
    })
  }

  /** Leaves, so that the others need not wait for the session to time out. */
  async leave(): Promise<void> {
    if (this.#memberId === '') return
    const leaving = { groupId: this.#groupId, memberId: this.#memberId }
    try {
      await this.#ask((coordinator) => coordinator.leaveGroup(leaving), REQUEST_MS)
    } catch (error) {
      // Kafka may have forgotten it already.
      if (!this.#noteIfFenced(error)) throw error
    }
    this.#memberId = ''
  }

  /** The coordinator, asked for only once as long as it answers. */
  #findCoordinator(): Promise<KafkaBroker> {
    this.#coordinator ??= this.#cluster.coordinator(this.#groupId)
    return this.#coordinator
  }

  async #ask<Answer>(request: (coordinator: KafkaBroker) => Promise<Answer>, limitMs: number): Promise<Answer> {
    const asking = this.#findCoordinator()
    const until = performance.now() + limitMs
    try {
      // Not sent once the time is over: what is asked again must not come twice.
      const coordinator = await within(limitMs, asking)
      return await within(until - performance.now(), request(coordinator))
    } catch (error) {
      // Another broker may coordinate the group by now.
      if (!isRefused(error, 'fenced') && this.#coordinator === asking) this.#coordinator = undefined
      throw refusalOf(error, groupRight('Read', this.#groupId))
    }
  }

  /** Whether the error says that the membership or generation is over; a member that Kafka forgot has to join as a new one. */
  #noteIfFenced(error: unknown): boolean {
    if (!isRefused(error, 'fenced')) return false
    const type = kafkaErrorType(error)
    if (type === 'UNKNOWN_MEMBER_ID' || type === 'FENCED_INSTANCE_ID') this.#memberId = ''
    return true
  }
}
