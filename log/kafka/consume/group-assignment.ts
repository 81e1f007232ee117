import kafkajs, { type GroupMember } from 'kafkajs'
import type { TopicPartition } from '../../../base/position.ts'
import { groupByTopic, type ClusterMetadata } from '../client/kafka-cluster.ts'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol

/** Kafka's classic consumer protocol, so that its own tools can describe our groups. */
export const PROTOCOL_NAME = 'experience-log-round-robin'

/**
 * What a member tells the group: the topics it reads. All of them have to be named, because Kafka lets the offsets of topics
 * that no member subscribes to expire, in a group that is alive as well (KIP-496).
 */
export function encodeSubscription(topics: readonly string[]): Buffer {
  return MemberMetadata.encode({ version: 0, topics: [...topics], userData: Buffer.alloc(0) })
}

export interface DealtPartitions {
  readonly memberId: string
  readonly partitions: readonly TopicPartition[]
}

/**
 * Deals the partitions of each topic that a member has named, always to the member that has fewest so far. A member that did
 * not know a topic yet when it joined can read it all the same.
 */
export function dealPartitions(members: readonly GroupMember[], metadata: ClusterMetadata): DealtPartitions[] {
  const hands = members
    .map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: MemberMetadata.decode(memberMetadata)?.topics ?? [],
      partitions: [] as TopicPartition[],
    }))
    .toSorted((left, right) => (left.memberId < right.memberId ? -1 : 1))
  for (const topic of [...new Set(hands.flatMap(({ topics }) => topics))].toSorted()) {
    for (const { partition } of metadata.topics.get(topic) ?? []) {
      let fewest = hands[0]
      for (const each of hands) if (each.partitions.length < (fewest?.partitions.length ?? 0)) fewest = each
      fewest?.partitions.push({ topic, partition })
    }
  }
  return hands
}

/** What the leader sends for Kafka to hand on to each member. */
export function encodeAssignments(dealt: readonly DealtPartitions[]): { memberId: string; memberAssignment: Buffer }[] {
  return dealt.map(({ memberId, partitions }) => {
    const assignment = Object.fromEntries(
      groupByTopic(partitions, ({ partition }) => partition).map((each) => [each.topic, each.partitions]),
    )
    return {
      memberId,
      memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
    }
  })
}

export function decodeAssignment(assignment: Buffer): TopicPartition[] {
  return Object.entries(MemberAssignment.decode(assignment)?.assignment ?? {}).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}
