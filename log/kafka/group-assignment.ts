import kafkajs, { type GroupMember } from 'kafkajs'
import type { TopicPartition } from '../event-log.ts'
import { groupByTopic, type ClusterMetadata } from './kafka-cluster.ts'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol

/** Kafka's classic consumer protocol, so that its own tools can describe our groups. */
export const PROTOCOL_NAME = 'experience-log-round-robin'

/**
 * What a member tells the group: the topics it reads. All of them have to be named, because Kafka lets the offsets of topics
 * that no member subscribes to expire, in a group that is alive as well (KIP-496).
 */
export const encodeSubscription = (topics: readonly string[]): Buffer =>
  MemberMetadata.encode({ version: 0, topics: [...topics], userData: Buffer.alloc(0) })

/** Deals the partitions of each topic to the members that subscribe to it, always to the one that has fewest so far. */
export const assignPartitions = (
  members: readonly GroupMember[],
  metadata: ClusterMetadata,
): { memberId: string; memberAssignment: Buffer }[] => {
  const hands = members
    .map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: new Set(MemberMetadata.decode(memberMetadata)?.topics),
      partitions: [] as TopicPartition[],
    }))
    .toSorted((left, right) => (left.memberId < right.memberId ? -1 : 1))
  for (const topic of [...metadata.topics.keys()].toSorted()) {
    const readers = hands.filter(({ topics }) => topics.has(topic))
    for (const { partition } of metadata.topics.get(topic) ?? []) {
      const reader = readers.toSorted((left, right) => left.partitions.length - right.partitions.length)[0]
      reader?.partitions.push({ topic, partition })
    }
  }
  return hands.map(({ memberId, partitions }) => {
    const assignment = Object.fromEntries(
      groupByTopic(partitions, ({ partition }) => partition).map((each) => [each.topic, each.partitions]),
    )
    return {
      memberId,
      memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
    }
  })
}

export const decodeAssignment = (assignment: Buffer): TopicPartition[] =>
  Object.entries(MemberAssignment.decode(assignment)?.assignment ?? {}).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  )
